-- SHA-256 of the name by which an identity service knows somebody.
alter table staff add column identity text;
create unique index staff_by_identity on staff (identity) where identity is not null;

-- Passkeys of staff, and what a browser was asked to prove (desk D1). Of ids, tokens and stations there is SHA-256
-- alone.
create table staff_passkey (
    mark text primary key, -- of its id
    staff_id text not null references staff (id),
    name text not null,
    handle text not null, -- by what the device knows the account
    content blob not null, -- sealed: the public key and what else is known of it
    counter integer not null,
    added_at text not null,
    used_at text
) strict, without rowid;

create index staff_passkey_by_staff on staff_passkey (staff_id);

create table staff_challenge (
    mark text primary key, -- of the token that the browser brings back
    station text not null, -- of the mark of the browser
    staff_id text references staff (id),
    content blob not null, -- sealed: what was asked
    until text not null
) strict, without rowid;

create index staff_challenge_by_until on staff_challenge (until);
create index staff_challenge_by_staff on staff_challenge (staff_id) where staff_id is not null;
