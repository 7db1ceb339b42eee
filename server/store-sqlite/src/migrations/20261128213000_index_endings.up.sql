-- A word of two characters is no trigram. Where an address goes on after it, the trigrams that begin
-- like it lead there; this leads to the addresses that end with it.
create index parcel_ending on parcel (lower(substr(location, -2))) where location is not null;
