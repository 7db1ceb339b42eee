-- What somebody typed into a form and has not handed in, until it is handed in, thrown away or its time is
-- over. Its secret is derived from the number and kept nowhere.
create table draft (
    number text primary key,
    until text not null, -- from then on it is not given back, and is deleted by the next look
    content blob not null -- sealed: place, service and what was typed
) strict, without rowid;

create index draft_by_until on draft (until);
