-- Where the oldest entries were pruned after their time: the last one that was removed, proved with
-- the audit's key. What stands at or before it is left over and may go; the rest is still kept.
create table audit_cut (
    one integer primary key check (one = 1),
    sequence integer not null,
    seal text not null,
    proof text not null
) strict;
create trigger audit_cut_forward before update on audit_cut when new.sequence <= old.sequence
begin
    select raise (abort, 'the audit never goes back');
end;
create trigger audit_cut_kept before delete on audit_cut
begin
    select raise (abort, 'the audit never goes back');
end;

drop trigger audit_entry_kept;
create trigger audit_entry_kept before delete on audit_entry
when old.sequence > coalesce((select sequence from audit_cut), 0)
begin
    select raise (abort, 'the audit is never shortened');
end;

-- A folder of before this program may hold data and an audit that nobody had reason to write in.
-- Its chain is begun at the next start; every other empty chain was emptied.
create table audit_unbegun (
    one integer primary key check (one = 1)
) strict;
insert into audit_unbegun
select 1 where not exists (select 1 from audit_entry) and not exists (select 1 from audit_head)
    and exists (select 1 from data_version);
