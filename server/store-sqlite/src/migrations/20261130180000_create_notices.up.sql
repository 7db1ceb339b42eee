-- Whom the portal tells that something happened to a request, one row a request: what is due follows from
-- its events. The row stays when an address was forgotten, so that the page says why and nobody has the
-- portal write to ever new addresses.
create table notice (
    request_id integer primary key references request (id),
    state text not null
        check (state in ('asked', 'sent', 'confirmed', 'stopped', 'refused', 'lapsed')),
    since text not null, -- of the state
    id text not null, -- drawn for the address: its links are made of it, under a key
    content blob, -- sealed: address and language
    mark text not null, -- of the address under a key: how often it was named unasked
    named integer not null, -- how many addresses were named
    told integer not null, -- sequence of the last event that was told, or known before
    attempts integer not null default 0, -- that failed since the last message
    failing_since text,
    due_at text, -- not before; null for at once
    leased_by text,
    leased_until text,
    check ((content is null) = (state in ('stopped', 'refused', 'lapsed'))),
    check ((failing_since is null) = (attempts = 0)),
    check ((leased_by is null) = (leased_until is null))
) strict;

create index notice_by_mark on notice (mark, since);
