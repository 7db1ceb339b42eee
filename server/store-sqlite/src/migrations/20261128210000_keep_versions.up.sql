-- From now on a `superseded` version keeps its rows, out of every search, and can be made current
-- again; of a `past` one only its row in this table is left, or the others are being removed.
update data_version set state = 'past' where state = 'superseded';
-- One that was rolled back is withdrawn: what it said of codes does not count while it is.
alter table data_version add column withdrawn_at text;
alter table data_version add column withdrawn_by text;
-- One that a rollback made current again.
alter table data_version add column restored_at text;
alter table data_version add column restored_by text;

-- What versions said is kept by version, and only what was new in it, so that a rollback takes
-- back what a version said and nothing else. Rows from before are the newest version's.
create table said_end (
    dataset text not null,
    code text not null,
    said_by integer not null, -- data_version
    ended text not null,
    primary key (dataset, code, said_by)
) strict, without rowid;
insert into said_end (dataset, code, said_by, ended)
    select dataset, code, (select max(v.id) from data_version v
        where v.dataset = e.dataset and v.state <> 'staged'), ended
    from ended_code e;
drop table ended_code;
alter table said_end rename to ended_code;

create table said_tie (
    old text not null,
    new text not null,
    dataset text not null,
    said_by integer not null, -- data_version
    since text, -- the day of the change, if a record gave one
    in_effect integer not null check (in_effect in (0, 1)), -- 0: still planned when it was said
    primary key (old, dataset, new, said_by)
) strict, without rowid;
insert into said_tie (old, new, dataset, said_by, since, in_effect)
    select old, new, dataset, (select max(v.id) from data_version v
        where v.dataset = t.dataset and v.state <> 'staged'), since, in_effect
    from tie t;
drop table tie;
alter table said_tie rename to tie;
create index tie_new on tie (new, dataset);

create table said_withheld (
    code text not null,
    dataset text not null,
    said_by integer not null, -- data_version
    withheld integer not null check (withheld in (0, 1)), -- 0: a record took it back
    primary key (code, dataset, said_by)
) strict, without rowid;
insert into said_withheld (code, dataset, said_by, withheld)
    select code, dataset, (select max(v.id) from data_version v
        where v.dataset = w.dataset and v.state <> 'staged'), 1
    from withheld_code w;
drop table withheld_code;
alter table said_withheld rename to withheld_code;

-- What counts: the latest word of versions that were not withdrawn. A plan counts only as long as
-- the version that has it is current: one that is not repeated was given up.
create view standing_end as
    select e.dataset, e.code, e.ended, max(e.said_by) as said_by
    from ended_code e join data_version v on v.id = e.said_by
    where v.withdrawn_at is null
    group by e.dataset, e.code;
create view standing_tie as
    select t.old, t.new, t.dataset, t.since, t.in_effect, max(t.said_by) as said_by
    from tie t join data_version v on v.id = t.said_by
    where v.withdrawn_at is null and (t.in_effect = 1 or v.state = 'current')
    group by t.old, t.dataset, t.new;
create view standing_withheld as
    select w.code, w.dataset, w.withheld, max(w.said_by) as said_by
    from withheld_code w join data_version v on v.id = w.said_by
    where v.withdrawn_at is null
    group by w.code, w.dataset;

-- A plan may be given up. What has come about stays, whoever writes the statement.
create trigger tie_kept before delete on tie when old.in_effect = 1
begin
    select raise (abort, 'what came out of what is never forgotten');
end;
create trigger tie_unchanged before update on tie
begin
    select raise (abort, 'what came out of what is never changed');
end;
create trigger ended_code_kept before delete on ended_code
begin
    select raise (abort, 'a code that ended stays known');
end;
create trigger ended_code_unchanged before update on ended_code
begin
    select raise (abort, 'a code that ended stays known');
end;
