-- How satisfied an applicant was, 5 to 1 stars, in clear as state and moment are: figures are made of it.
-- Their words are sealed; the hash of the event holds all of it.
alter table request_event add column stars integer check (stars between 1 and 5);
drop trigger request_event_unchanged;
create trigger request_event_unchanged before update on request_event
when not exists (select 1 from resealing) or old.at is not new.at or old.state is not new.state
    or old.stars is not new.stars
    or old.sequence is not new.sequence or old.request_id is not new.request_id
begin
    select raise (abort, 'an event is never changed');
end;
-- The public figures look at every event, and at nothing else of it.
create index request_event_figures on request_event (request_id, sequence, state, at, stars);
