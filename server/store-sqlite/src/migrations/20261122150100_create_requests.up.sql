-- Instants are UTC text of one width (nine decimals), so that they sort as they follow.
create table request (
    id integer primary key autoincrement,
    number text not null unique,
    idempotency_key text not null unique,
    digest blob not null, -- SHA-256 of what was asked, to tell a repetition from a conflict
    submission text not null,
    submitted_at text not null
) strict;

create table request_event (
    request_id integer not null references request (id),
    sequence integer not null,
    at text not null,
    state text not null,
    actor text not null,
    reference text,
    note text,
    hash text not null,
    primary key (request_id, sequence)
) strict, without rowid;

create table delivery (
    id text primary key,
    request_id integer not null references request (id),
    department text not null,
    body blob not null,
    state text not null check (state in ('pending', 'ambiguous', 'delivered', 'stuck')),
    attempts integer not null default 0,
    due_at text, -- null when nothing more is to be sent
    leased_by text,
    leased_until text,
    attempt_started_at text, -- set while an attempt has no outcome yet
    reason text, -- why the last attempt failed
    reference text, -- the department's own, when it gave one
    delivered_at text,
    unique (request_id, department),
    check ((due_at is null) = (state in ('delivered', 'stuck'))),
    check ((leased_by is null) = (leased_until is null))
) strict;
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_state on delivery (state);

-- Nothing undelivered is ever purged, whoever writes the statement.
create trigger delivery_kept before delete on delivery when old.state <> 'delivered'
begin
    select raise (abort, 'an undelivered request is never deleted');
end;
-- What happened stays as it was written.
create trigger request_event_unchanged before update on request_event
begin
    select raise (abort, 'an event is never changed');
end;
create trigger request_event_kept before delete on request_event
begin
    select raise (abort, 'an event is never deleted');
end;
create trigger delivery_body_unchanged before update of body on delivery
when old.body is not new.body
begin
    select raise (abort, 'a body is frozen at submission');
end;
