-- The queues of halls, by day (desk D9). A ticket has a number and no name.
create table queue_ticket (
    hall text not null,
    day text not null, -- in China
    sequence integer not null, -- of the hall on that day, from 1
    printed text not null, -- what its letter stands for
    count integer not null, -- of its letter, from 1
    aim text not null, -- what it waits for now
    priority integer not null check (priority in (0, 1)),
    place integer not null, -- the lower is called first
    state text not null check (state in ('waiting', 'called', 'held', 'missed', 'done')),
    counter text,
    calls integer not null default 0,
    taken_at text not null,
    called_at text,
    primary key (hall, day, sequence),
    unique (hall, day, printed, count)
) strict, without rowid;

create index queue_ticket_waiting on queue_ticket (hall, day, priority desc, place)
where state = 'waiting';
create index queue_ticket_open on queue_ticket (hall, day, priority desc, place)
where state <> 'done';
create index queue_ticket_by_place on queue_ticket (hall, day, place);
create index queue_ticket_by_day on queue_ticket (day);
-- A counter has one at a time, whoever presses what.
create unique index queue_ticket_at_counter on queue_ticket (hall, day, counter)
where state = 'called';

-- What happened to them: figures are made of nothing else. A number is never given twice, so that whoever has seen
-- one has seen everything before it.
create table queue_event (
    id integer primary key autoincrement,
    hall text not null,
    day text not null,
    sequence integer not null,
    at text not null,
    act text not null check (act in
        ('taken', 'called', 'recalled', 'skipped', 'held', 'handed on', 'back', 'done')),
    counter text,
    staff text
) strict;

create index queue_event_by_day on queue_event (day);
