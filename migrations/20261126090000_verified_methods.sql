-- A mail address is verified by a one-time link that was mailed to it, a number by somebody who
-- called it: `verified_by` is the person themselves, or who called.

alter table contact_methods add column verified_by uuid references people (id);

alter table links add column method uuid references contact_methods (id);
alter table links drop constraint links_purpose_check;
alter table links add constraint links_purpose_check
    check (purpose in ('set-up', 'invite', 'reset', 'verify'));
alter table links add constraint links_name_their_method
    check ((purpose = 'verify') = (method is not null));
