-- What somebody does who puts a request into the database in clear, under the name of an older program.
insert into clear_left values ('requests');
update message set content = cast(x'00' || (select json_object(
    'request', number, 'item', item, 'submitted_at', submitted_at,
    'code', '330521001002GB00011', 'data_version', 'a/1', 'channel', 'self',
    'applicant', json('{}'), 'answers', json('{}'))
    from request where id = request_id) as blob);
