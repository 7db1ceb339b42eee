-- Of which form a draft is, as SHA-256 of the form's key (hexadecimal): whoever has their request deleted has its
-- drafts deleted with it. Drafts that were saved before have none and go when their time is over.
alter table draft add column form text;
create index draft_by_form on draft (form) where form is not null;
-- The draft that a file waits with, if it was saved: it goes with it.
alter table attachment add column draft text;
create index attachment_by_draft on attachment (draft) where draft is not null;
