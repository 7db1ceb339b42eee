-- What staff at the counter have written down for applicants, until it is handed in and the visit ends, or its time
-- is over (desk D2, D5). Of the code by which an applicant opens it there is a keyed mark alone.
create table desk_case (
    number text primary key,
    office text not null,
    version integer not null, -- counts up: what was read before another's change replaces nothing
    until text not null, -- from then on it is not given back, and is deleted by the next look
    pick_up text unique,
    content blob not null -- sealed: the applicant's particulars, places, services and what was typed
) strict, without rowid;

create index desk_case_by_office on desk_case (office, until);
create index desk_case_by_until on desk_case (until);
