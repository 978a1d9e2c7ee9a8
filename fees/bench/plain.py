"""The peer of the annual run: the same rows of the same tables, written by one statement a table and step."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fees.bench.registrants import Year
from register.kit.clock import day_of, months_after, start_of
from register.kit.post import letter_of, wording_of
from register.notice import ServiceMethod, deemed_on
from register.renewal import RenewalStep

NUMBER = "CH-0000000-A"
"""Stands in the letters where each has a number."""


def values_of(
    year: Year, *, processes: Mapping[str, UUID], run: UUID
) -> Mapping[str, Any]:
    """Everything that the statements name."""
    left = list(RenewalStep)
    context = {
        "ends_on": year.ends_on,
        "last_day": year.ends_on,
        "lapsed_on": day_of(year.ends),
        "cure_until": year.cure_until,
        "left": left,
        "paid": False,
        "number": NUMBER,
    }
    letters = {
        "opened": "renewal_opened",
        "notice": "renewal_notice",
        "lapsed": "renewal_lapsed",
    }
    said = {name: letter_of(letter, context) for name, letter in letters.items()}
    return {
        **{f"by_{step}": process for step, process in processes.items()},
        **{f"{name}_subject": letter.subject for name, letter in said.items()},
        **{f"{name}_body": letter.body for name, letter in said.items()},
        **{
            f"{name}_version": wording_of(letter).version
            for name, letter in letters.items()
        },
        "run": run,
        "blank": NUMBER,
        "rule_set": year.rule_set,
        "ends_on": year.ends_on,
        "until_on": year.until_on,
        "cure_until": year.cure_until,
        "opens": year.opens,
        "noticed": year.noticed,
        "ends": year.ends,
        "released": year.released,
        "rung": year.rung,
        "deemed": deemed_on(day_of(year.noticed), ServiceMethod.EMAIL),
        "shown_until": start_of(months_after(day_of(year.ends), year.kept_months)),
    }


QUEUE = """with input as materialized (
             select nextval('pgqueuer_id_seq') as id, convert_to('{"message_id":"' || message.id || '"}', 'UTF8') as payload
             from message where letter = '%s'),
           inserted as (
             insert into pgqueuer (id, priority, entrypoint, payload, execute_after, status)
             select id, 0, 'send_message', payload, now(), 'queued' from input returning id)
           insert into pgqueuer_log (job_id, status, entrypoint, priority)
           select id, 'queued', 'send_message', 0 from inserted"""

STATEMENTS: Mapping[str, Sequence[str]] = {
    "open": (
        """insert into process (id, kind, at) values (:by_open, 'renewal:open', :opens)""",
        """insert into renewal (id, person_id, ends_on, until_on, rule_set_id, opened_at, only_pays, version)
           select gen_random_uuid(), person.id, registration.until_on, :until_on, :rule_set, :opens,
                  lower(registration.valid) >= :opens, 1
           from entry
           join registration on registration.entry_id = entry.id
           join person on person.id = entry.person_id
           where entry.part = 'manager' and registration.until_on = :ends_on and registration.valid @> cast(:opens as timestamptz)
             and person.deceased_on is null and person.merged_into is null
           on conflict (person_id, ends_on) do nothing""",
        """insert into event (process_id, kind, at, person_id, data)
           select :by_open, 'renewal:opened', :opens, person_id, jsonb_build_object('renewal', id, 'ends_on', ends_on)
           from renewal where ends_on = :ends_on""",
    ),
    "bill": (
        """insert into process (id, kind, at) values (:by_bill, 'raise_invoice', :opens)""",
        """insert into invoice (id, purpose, renewal_id, person_id, account_id, process_id, raised_at, pay_by, covers_until,
                                amount_pence)
           select gen_random_uuid(), 'renewal', renewal.id, renewal.person_id, account.id, :by_bill, :opens, :cure_until,
                  renewal.until_on, scale.amount_pence
           from renewal
           join account on account.person_id = renewal.person_id
           join fee_scale as scale
             on scale.part = 'manager' and scale.kind = 'renewal' and scale.valid @> cast(:ends as timestamptz)
           where renewal.ends_on = :ends_on and renewal.finished_at is null and renewal.paid_at is null
           on conflict do nothing""",
        """insert into invoice_line (id, invoice_id, position, fee_scale_id, amount_pence, off_pence)
           select gen_random_uuid(), invoice.id, 1, scale.id, scale.amount_pence, 0
           from invoice
           join fee_scale as scale
             on scale.part = 'manager' and scale.kind = 'renewal' and scale.valid @> cast(:ends as timestamptz)
           where invoice.process_id = :by_bill""",
        """insert into event (process_id, kind, at, person_id, data)
           select process_id, 'invoice_raised', raised_at, person_id,
                  jsonb_build_object('invoice', 'INV-' || lpad(number::text, 7, '0'), 'renewal', renewal_id,
                                     'pence', amount_pence, 'pay_by', pay_by)
           from invoice where process_id = :by_bill""",
        """insert into ledger_entry (id, kind, at, process_id, invoice_id)
           select gen_random_uuid(), 'invoice_raised', raised_at, process_id, id
           from invoice where process_id = :by_bill""",
        """insert into posting (entry_id, account, pence, invoice_id, part, fee_kind)
           select ledger_entry.id, side.account, side.sign * invoice.amount_pence, invoice.id, side.part, side.fee_kind
           from ledger_entry
           join invoice on invoice.id = ledger_entry.invoice_id,
           (values ('receivable', 1, null, null), ('income', -1, 'manager', 'renewal')) as side (account, sign, part, fee_kind)
           where ledger_entry.process_id = :by_bill""",
    ),
    "remind": (
        """insert into renewal_reminder (id, last_day, rung, channel, renewal_id, because, at)
           select gen_random_uuid(), ends_on, :rung, side.channel, id, side.because, :opens
           from renewal, (values ('email', null), ('sms', 'no_mobile')) as side (channel, because)
           where ends_on = :ends_on and finished_at is null""",
        """insert into message (id, key, reference, channel, to_address, letter, letter_version, subject, body, fleeting,
                                person_id, state, attempts, created_at)
           select gen_random_uuid(), concat_ws(':', 'renewal_opened', renewal.id, ends_on, cast(:rung as bigint), 'email'),
                  gen_random_uuid(), 'email', account.email, 'renewal_opened', :opened_version, :opened_subject, :opened_body,
                  false, renewal.person_id, 'queued', 0, :opens
           from renewal join account on account.person_id = renewal.person_id
           where renewal.ends_on = :ends_on and renewal.finished_at is null""",
        QUEUE % "renewal_opened",
    ),
    "notice": (
        """insert into process (id, kind, at) values (:by_notice, 'renewal:notice', :noticed)""",
        """insert into message (id, key, reference, channel, to_address, letter, letter_version, subject, body, fleeting,
                                person_id, state, attempts, created_at)
           select gen_random_uuid(), concat_ws(':', 'renewal_notice', renewal.id, ends_on), gen_random_uuid(), 'email',
                  account.email, 'renewal_notice', :notice_version, :notice_subject, replace(:notice_body, :blank, person.number),
                  false, renewal.person_id, 'queued', 0, :noticed
           from renewal
           join account on account.person_id = renewal.person_id
           join person on person.id = renewal.person_id
           where renewal.ends_on = :ends_on and renewal.finished_at is null""",
        QUEUE % "renewal_notice",
        """insert into lapse_notice (renewal_id, last_day, method, message_id, sent_at, deemed_on, process_id)
           select renewal.id, renewal.ends_on, 'email', message.id, :noticed, :deemed, :by_notice
           from renewal join message on message.key = concat_ws(':', 'renewal_notice', renewal.id, ends_on)
           where renewal.ends_on = :ends_on and renewal.finished_at is null""",
        """insert into event (process_id, kind, at, person_id, data)
           select :by_notice, 'renewal:noticed', :noticed, renewal.person_id,
                  jsonb_build_object('renewal', renewal.id, 'deemed_on', lapse_notice.deemed_on)
           from lapse_notice join renewal on renewal.id = lapse_notice.renewal_id""",
        """insert into employer_news (renewal_id, of, at)
           select renewal_id, 'not_finished', sent_at from lapse_notice""",
    ),
    "lapse": (
        """insert into process (id, kind, at, actor_id, approver_id)
           select :by_lapse, 'renewal:lapse', :released, proposer_id, approver_id from lapse_run where id = :run""",
        """update registration
           set valid = tstzrange(lower(valid), :ends), recorded_at = :released, process_id = :by_lapse
           from entry
           join renewal on renewal.person_id = entry.person_id
           join lapse_notice on lapse_notice.renewal_id = renewal.id and lapse_notice.last_day = renewal.ends_on
           where entry.id = registration.entry_id and registration.until_on = :ends_on
             and registration.valid @> cast(:ends as timestamptz)
             and renewal.ends_on = :ends_on and renewal.finished_at is null""",
        """insert into lapse (id, entry_id, valid, because, recorded_at, process_id)
           select gen_random_uuid(), entry_id, tstzrange(:ends, null), 'not_renewed', recorded_at, process_id
           from registration where process_id = :by_lapse""",
        """insert into event (process_id, kind, at, person_id, data)
           select :by_lapse, 'entry:lapsed', :released, entry.person_id,
                  jsonb_build_object('entry', entry.id, 'because', lapse.because)
           from lapse join entry on entry.id = lapse.entry_id where lapse.process_id = :by_lapse""",
        """update entry_projection
           set status = 'lapsed', may_practise = false, registered_until = registration.until_on, restrictions = '[]',
               published = published and cast(:shown_until as timestamptz) > :released,
               good_until = least(good_until, :shown_until)
           from registration
           where registration.entry_id = entry_projection.entry_id and registration.process_id = :by_lapse""",
        """insert into message (id, key, reference, channel, to_address, letter, letter_version, subject, body, fleeting,
                                person_id, state, attempts, created_at)
           select gen_random_uuid(), 'renewal_lapsed:' || renewal.id, gen_random_uuid(), 'email', account.email,
                  'renewal_lapsed', :lapsed_version, :lapsed_subject, replace(:lapsed_body, :blank, person.number),
                  false, renewal.person_id, 'queued', 0, :released
           from lapse
           join entry on entry.id = lapse.entry_id
           join renewal on renewal.person_id = entry.person_id and renewal.ends_on = :ends_on
           join account on account.person_id = renewal.person_id
           join person on person.id = renewal.person_id
           where lapse.process_id = :by_lapse""",
        QUEUE % "renewal_lapsed",
        """insert into employer_news (renewal_id, of, at)
           select renewal.id, 'lapsed', :released
           from lapse
           join entry on entry.id = lapse.entry_id
           join renewal on renewal.person_id = entry.person_id and renewal.ends_on = :ends_on
           where lapse.process_id = :by_lapse""",
    ),
}
