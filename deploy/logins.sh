#!/bin/sh
# Run once by PostgreSQL's image, when its volume is new: the login of web and worker, which owns
# nothing and may act only as the roles that the migrations give rights to.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$SERVICE_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role register_app nologin;
create role register_signer nologin;
create role register_eraser nologin;
create role register_service login password :'password' in role register_app, register_signer, register_eraser;
SQL
