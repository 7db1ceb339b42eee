-- A delivery that a person settles or redirects needs states of its own, and one that is sent again
-- new patience. SQLite changes no check: the table is made again.
create table delivery_again (
    id text primary key,
    request_id integer not null references request (id),
    department text not null,
    body blob not null,
    state text not null check (
        state in ('pending', 'ambiguous', 'delivered', 'stuck', 'settled', 'redirected')
    ),
    attempts integer not null default 0,
    due_at text, -- null when nothing more is to be sent
    leased_by text,
    leased_until text,
    attempt_started_at text, -- set while an attempt has no outcome yet
    failed_look_ups integer not null default 0, -- since it was last posted
    round_began_at text, -- when somebody had it sent again; null for never
    round_before integer not null default 0, -- attempts made before that
    reason text, -- why the last attempt failed; of a delivered one, what was lost of the answer
    reference text, -- the department's own, when it gave one
    delivered_at text,
    unique (request_id, department),
    check ((due_at is null) = (state not in ('pending', 'ambiguous'))),
    check ((leased_by is null) = (leased_until is null))
) strict;
insert into delivery_again
    (id, request_id, department, body, state, attempts, due_at, leased_by, leased_until,
     attempt_started_at, reason, reference, delivered_at)
select id, request_id, department, body, state, attempts, due_at, leased_by, leased_until,
    attempt_started_at, reason, reference, delivered_at
from delivery order by rowid;
drop table delivery;
alter table delivery_again rename to delivery;
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_state on delivery (state);

-- Nothing undelivered is ever purged, whoever writes the statement.
create trigger delivery_kept before delete on delivery
when old.state in ('pending', 'ambiguous', 'stuck')
begin
    select raise (abort, 'an undelivered request is never deleted');
end;
create trigger delivery_body_unchanged before update of body on delivery
when old.body is not new.body
begin
    select raise (abort, 'a body is frozen at submission');
end;

-- What became of a delivery and who did it.
create table delivery_event (
    delivery_id text not null references delivery (id) on delete cascade,
    sequence integer not null,
    at text not null,
    act text not null,
    actor text not null,
    note text,
    hash text not null,
    primary key (delivery_id, sequence)
) strict, without rowid;
create trigger delivery_event_unchanged before update on delivery_event
begin
    select raise (abort, 'an event is never changed');
end;
create trigger delivery_event_kept before delete on delivery_event
when exists (select 1 from delivery where id = old.delivery_id)
begin
    select raise (abort, 'an event is never deleted before its delivery');
end;

-- Messages of departments that were taken: the same one is taken once.
create table department_message (
    department text not null,
    message text not null,
    digest blob not null, -- SHA-256 of what it said
    request_id integer not null references request (id),
    primary key (department, message, digest)
) strict, without rowid;
