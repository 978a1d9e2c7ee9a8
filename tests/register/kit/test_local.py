from multiprocessing.pool import ThreadPool

from register.kit.local import local_environment


def test_keys_are_made_once_and_kept_for_the_owner_alone(tmp_path):
    first = local_environment(tmp_path, 8000)

    assert local_environment(tmp_path, 8000) == first
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_two_that_come_first_at_once_get_the_same_keys(tmp_path):
    with ThreadPool(8) as pool:
        made = pool.map(lambda _: local_environment(tmp_path, 8000), range(8))

    assert all(keys == made[0] for keys in made)


def test_a_key_that_the_file_lacks_is_added_and_the_others_stay(tmp_path):
    (tmp_path / "secrets.env").write_text("SECRET_KEY=kept\n")

    keys = local_environment(tmp_path, 8000)

    assert keys["SECRET_KEY"] == "kept"
    assert local_environment(tmp_path, 8000) == keys


def test_no_two_folders_share_a_key(tmp_path):
    (tmp_path / "other").mkdir()

    one, other = (
        local_environment(tmp_path, 8000),
        local_environment(tmp_path / "other", 8000),
    )

    assert all(
        one[name] != other[name] for name in one if name.endswith(("KEY", "SECRET"))
    )


def test_the_sandboxes_stand_on_the_port_after_the_service(tmp_path):
    keys = local_environment(tmp_path, 8100)

    assert keys["PUBLIC_URL"] == "http://127.0.0.1:8100"
    assert keys["PAY_URL"] == "http://127.0.0.1:8101/pay"
