-- Every QR label that was ever issued. Instants are UTC text of one width.
create table label (
    serial integer primary key autoincrement, -- printed on the label; never used twice
    code text not null, -- 19 or 28 characters
    token text unique, -- stands for the code on a home's label; null on every other
    key_id text not null, -- the key that it was sealed with
    host text not null, -- where it points to, lower case
    issuer text not null, -- JSON, both languages
    issued_at text not null,
    withdrawn_at text,
    withdrawal_reason text,
    check ((withdrawn_at is null) = (withdrawal_reason is null))
) strict;
create index label_code on label (code);

-- A label hangs on a wall: what was issued stays as it was, whoever writes the statement.
create trigger label_kept before delete on label
begin
    select raise (abort, 'a label is never deleted');
end;
create trigger label_unchanged
before update of serial, code, token, key_id, host, issuer, issued_at on label
begin
    select raise (abort, 'an issued label is never changed');
end;
create trigger label_withdrawn_once before update of withdrawn_at, withdrawal_reason on label
when old.withdrawn_at is not null
begin
    select raise (abort, 'a label is withdrawn once');
end;
create trigger label_issued_whole before insert on label
when new.withdrawn_at is not null
begin
    select raise (abort, 'a label is issued before it is withdrawn');
end;
-- `insert or replace` would delete without asking the trigger above.
create trigger label_not_replaced before insert on label
when exists (select 1 from label where serial = new.serial or token = new.token)
begin
    select raise (abort, 'a number and a token stand for one label');
end;
