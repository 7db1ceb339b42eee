-- Whose an account is, by a staff number, sealed: two accounts of one person are not two people (desk D7).
create table staff_person (
    staff_id text primary key references staff (id),
    content blob not null
) strict, without rowid;
