-- What is personal is sealed under keys outside the database, and a message to departments is kept
-- once, whoever it goes to. Here what is clear only moves: x'00' before it says that it is still to
-- be sealed, which is done when the keys are at hand, before anything is served.
create table clear_left (what text primary key) strict, without rowid;
insert into clear_left select 'requests' where exists (select 1 from request);

-- Somebody has the writing of sealed columns for the moment of a transaction.
create table resealing (what text primary key) strict, without rowid;

-- The keys that sealed something, each with something to know it again by.
create table record_key (
    id text primary key,
    known_by blob not null
) strict, without rowid;

-- What the departments of a request are told, frozen: what was submitted, then what was corrected,
-- at last that it was withdrawn.
create table message (
    request_id integer not null references request (id),
    sequence integer not null,
    kind text not null check (kind in ('submitted', 'corrected', 'withdrawn')),
    at text not null,
    content blob not null, -- sealed: the body of a delivery
    primary key (request_id, sequence)
) strict, without rowid;
insert into message
select r.id, 1, 'submitted', r.submitted_at, coalesce(
    (select cast(x'00' || d.body as blob) from delivery d where d.request_id = r.id limit 1),
    cast(x'00' || json_patch(r.submission, json_object('request', r.number, 'submitted_at', r.submitted_at))
        as blob))
from request r;

alter table request add column item text not null default '';
update request set item = coalesce(json_extract(submission, '$.item'), '');
alter table request drop column submission;
alter table request drop column digest;

drop trigger request_event_unchanged;
drop trigger request_event_kept;
alter table request_event add column content blob not null default x''; -- sealed: who, reference, note, hash
update request_event set content = cast(x'00' || json_object(
    'actor', json(actor), 'reference', reference, 'note', note, 'hash', hash) as blob);
alter table request_event drop column actor;
alter table request_event drop column reference;
alter table request_event drop column note;
alter table request_event drop column hash;

create table delivery_event_again (
    delivery_id text not null,
    sequence integer not null,
    at text not null,
    act text not null,
    content blob not null,
    primary key (delivery_id, sequence)
) strict, without rowid;
insert into delivery_event_again
select delivery_id, sequence, at, act,
    cast(x'00' || json_object('actor', json(actor), 'note', note, 'hash', hash) as blob)
from delivery_event;
drop trigger delivery_event_kept;
drop table delivery_event;

create table delivery_again (
    id text primary key,
    request_id integer not null references request (id),
    message integer not null,
    department text not null,
    state text not null check (state in
        ('pending', 'ambiguous', 'delivered', 'stuck', 'settled', 'redirected', 'withdrawn')),
    attempts integer not null default 0,
    due_at text, -- null when nothing more is to be sent
    leased_by text,
    leased_until text,
    attempt_started_at text, -- set while an attempt has no outcome yet
    failed_look_ups integer not null default 0, -- since it was last posted
    round_began_at text, -- when somebody had it sent again; null for never
    round_before integer not null default 0, -- attempts made before that
    reason text, -- why the last attempt failed; of a delivered one, what was lost of the answer
    reference blob, -- sealed: the department's own, when it gave one
    delivered_at text, -- also when somebody said that the department has it
    may_be_there integer not null default 0, -- of a closed one: bytes of it may have got there
    unique (request_id, department, message),
    foreign key (request_id, message) references message (request_id, sequence),
    check ((due_at is null) = (state not in ('pending', 'ambiguous'))),
    check ((leased_by is null) = (leased_until is null))
) strict;
insert into delivery_again
select id, request_id, 1, department, state, attempts, due_at, leased_by, leased_until,
    attempt_started_at, failed_look_ups, round_began_at, round_before, reason,
    case when reference is not null then cast(x'00' || json_quote(reference) as blob) end, delivered_at,
    state in ('settled', 'redirected') and attempts > 0
from delivery order by rowid;
drop trigger delivery_kept; -- the table goes whole, and nothing of it
drop table delivery;
alter table delivery_again rename to delivery;
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_state on delivery (state);

-- What became of a delivery and who did it.
create table delivery_event (
    delivery_id text not null references delivery (id) on delete cascade,
    sequence integer not null,
    at text not null,
    act text not null,
    content blob not null, -- sealed: who, note, hash
    primary key (delivery_id, sequence)
) strict, without rowid;
insert into delivery_event select * from delivery_event_again;
drop table delivery_event_again;

-- Messages of departments that were taken: the same one is taken once. What those of before said is
-- known by nothing but a digest, from which it could be guessed: by their id alone they count.
create table department_message_again (
    department text not null,
    message text not null,
    sequence integer not null,
    request_id integer not null references request (id),
    content blob, -- sealed: what it said; null for whatever it said
    primary key (department, message, sequence)
) strict, without rowid;
insert into department_message_again
select department, message, row_number() over (partition by department, message), request_id, null
from department_message;
drop table department_message;
alter table department_message_again rename to department_message;

-- What was deleted, when and why: nothing of what was in it.
create table deletion (
    sequence integer primary key,
    request_id integer not null unique,
    number text not null unique,
    item text not null,
    day text not null, -- in China
    cause text not null check (cause in ('retention', 'applicant', 'operator')),
    digest text not null, -- SHA-256 of what was deleted, as it was sealed
    said blob not null, -- sealed: who had it deleted and why
    hash text not null -- over the entry before and this one
) strict;

-- Nothing undelivered is ever purged, whoever writes the statement; nothing goes before the register
-- of deletions has it.
create trigger delivery_kept before delete on delivery
when old.state in ('pending', 'ambiguous', 'stuck')
    or not exists (select 1 from deletion where request_id = old.request_id)
begin
    select raise (abort, 'an undelivered request, or one that the register lacks, is never deleted');
end;
create trigger request_event_kept before delete on request_event
when not exists (select 1 from deletion where request_id = old.request_id)
begin
    select raise (abort, 'an event is never deleted before its request');
end;
create trigger delivery_event_kept before delete on delivery_event
when exists (select 1 from delivery where id = old.delivery_id)
begin
    select raise (abort, 'an event is never deleted before its delivery');
end;
create trigger message_kept before delete on message
when not exists (select 1 from deletion where request_id = old.request_id)
begin
    select raise (abort, 'a message is never deleted before its request');
end;
create trigger deletion_kept before delete on deletion
begin
    select raise (abort, 'the register of deletions is never shortened');
end;
-- What happened stays as it was written; only a key may change beneath it.
create trigger request_event_unchanged before update on request_event
when not exists (select 1 from resealing) or old.at is not new.at or old.state is not new.state
    or old.sequence is not new.sequence or old.request_id is not new.request_id
begin
    select raise (abort, 'an event is never changed');
end;
create trigger delivery_event_unchanged before update on delivery_event
when not exists (select 1 from resealing) or old.at is not new.at or old.act is not new.act
    or old.sequence is not new.sequence or old.delivery_id is not new.delivery_id
begin
    select raise (abort, 'an event is never changed');
end;
create trigger message_unchanged before update on message
when not exists (select 1 from resealing) or old.at is not new.at or old.kind is not new.kind
    or old.sequence is not new.sequence or old.request_id is not new.request_id
begin
    select raise (abort, 'a message is frozen');
end;
create trigger deletion_unchanged before update on deletion
when not exists (select 1 from resealing) or old.hash is not new.hash or old.number is not new.number
    or old.item is not new.item or old.day is not new.day or old.cause is not new.cause
    or old.digest is not new.digest or old.request_id is not new.request_id
begin
    select raise (abort, 'the register of deletions is never changed');
end;
