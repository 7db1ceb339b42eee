-- What came out of what, whichever of the two records said so (GB/T 37346-2019 clause 9). Kept
-- when a later version of the data set has neither: an old label must lead on for as long as it
-- hangs (rule C7).
create table tie (
    old text not null,
    new text not null,
    dataset text not null,
    since text, -- the day of the change, if a record gave one
    in_effect integer not null check (in_effect in (0, 1)), -- 0: still planned when it was said
    primary key (old, dataset, new)
) strict, without rowid;
create index tie_new on tie (new, dataset);

-- Codes whose last record was classified. Where no record is left to say so, this does (rule P5).
create table withheld_code (
    code text not null,
    dataset text not null,
    primary key (code, dataset)
) strict, without rowid;

insert into tie (old, new, dataset, since, in_effect)
    select said.old, said.new, v.dataset,
        coalesce(min(said.begun), max(said.ended)),
        coalesce(min(said.begun), max(said.ended), '') <= date(v.imported_at, '+8 hours')
    from (
        select p.version_id, each.value as old, p.code as new, b.valid_from as begun, null as ended
        from parcel p
        join parcel_body b on b.parcel_id = p.id
        join json_each(b.predecessors) each
        where b.predecessors <> '[]'
        union all
        select p.version_id, p.code, each.value, null, b.valid_to
        from parcel p
        join parcel_body b on b.parcel_id = p.id
        join json_each(b.successors) each
        where b.successors <> '[]'
    ) said
    join data_version v on v.id = said.version_id
    where v.state = 'current' and said.old <> said.new
    group by v.dataset, said.old, said.new;

insert into withheld_code (code, dataset)
    select p.code, v.dataset
    from parcel p
    join data_version v on v.id = p.version_id
    where v.state = 'current' and p.classified = 1;
-- Whether these were classified was not kept; what leads nowhere is not told on a guess.
insert or ignore into withheld_code (code, dataset)
    select e.code, e.dataset
    from ended_code e
    where not exists (
            select 1 from parcel p
            join data_version v on v.id = p.version_id
            where p.code = e.code and v.state = 'current'
        )
        and not exists (select 1 from tie t where t.old = e.code);

-- A plan may be given up. What has come about stays, whoever writes the statement.
create trigger tie_kept before delete on tie when old.in_effect = 1
begin
    select raise (abort, 'what came out of what is never forgotten');
end;
create trigger tie_unchanged before update of old, new, dataset on tie
begin
    select raise (abort, 'what came out of what is never changed');
end;
create trigger tie_stays_in_effect before update of in_effect on tie
when old.in_effect = 1 and new.in_effect = 0
begin
    select raise (abort, 'what has come about is no plan again');
end;
create trigger ended_code_kept before delete on ended_code
begin
    select raise (abort, 'a code that ended stays known');
end;
