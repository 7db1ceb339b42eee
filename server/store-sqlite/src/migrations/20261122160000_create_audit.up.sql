-- The disclosure audit: only ever added to. A note is kept as the text that was sealed.
create table audit_entry (
    sequence integer primary key,
    note text not null,
    seal text not null,
    who text as (note ->> '$.who') virtual,
    at text as (note ->> '$.at') virtual,
    outcome text as (note ->> '$.outcome') virtual
) strict;
create index audit_entry_who on audit_entry (who, at);

-- Where the chain ends, so that entries cut off at its end are missed.
create table audit_head (
    one integer primary key check (one = 1),
    sequence integer not null,
    seal text not null,
    proof text not null
) strict;

create trigger audit_entry_unchanged before update on audit_entry
begin
    select raise (abort, 'the audit is never changed');
end;
create trigger audit_entry_kept before delete on audit_entry
begin
    select raise (abort, 'the audit is never shortened');
end;
create trigger audit_head_forward before update on audit_head when new.sequence <= old.sequence
begin
    select raise (abort, 'the audit never goes back');
end;
create trigger audit_head_kept before delete on audit_head
begin
    select raise (abort, 'the audit is never shortened');
end;
