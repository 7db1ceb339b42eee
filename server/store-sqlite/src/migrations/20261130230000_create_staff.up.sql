-- Who may sign in at the counter and with what, and who is signed in (desk D1). Of tokens, stations and names
-- that were tried there is SHA-256 alone.
create table staff (
    id text primary key,
    name text not null,
    office text not null,
    roles text not null, -- JSON array
    demonstration integer not null check (demonstration in (0, 1)),
    added_at text not null,
    disabled_at text,
    content blob not null, -- sealed: what the passphrase was hashed to, the secret of the codes
    enrolled_at text,
    invitation text unique, -- of the token of the link
    invited_until text,
    last_step integer not null default 0, -- of time, of the last code: none is taken twice
    check ((invitation is null) = (invited_until is null))
) strict, without rowid;

create table staff_failure (
    mark text primary key, -- of the name that was tried, whether anybody has it or not
    count integer not null,
    last_at text not null
) strict, without rowid;

create table staff_session (
    mark text primary key, -- of the token
    staff_id text not null references staff (id),
    station text not null, -- of the mark of the browser
    started_at text not null,
    seen_at text not null
) strict, without rowid;

create index staff_session_by_staff on staff_session (staff_id);
