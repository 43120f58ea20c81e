-- name: register
-- A new organisation; no row when the USCC is already registered.
insert into parties.organisation (uscc, name, name_en, kind, division, divisions, address, phone, status, created)
values ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9)
on conflict (uscc) do nothing
returning *

-- name: by_uscc
select * from parties.organisation where uscc = $1

-- name: by_uscc_locked
-- The same, holding the row: numbering its sites is one at a time.
select * from parties.organisation where uscc = $1 for no key update

-- name: by_ids
select * from parties.organisation where id = any($1::int[])

-- name: by_usccs
select * from parties.organisation where uscc = any($1::text[])

-- name: page
-- In USCC order, after $1, those whose division begins with one of the prefixes $2.
select o.* from parties.organisation o
where o.uscc > $1 and exists (select from unnest($2::text[]) p where starts_with(o.division, p))
order by o.uscc
limit $3

-- name: set_status
update parties.organisation set status = $2 where uscc = $1 returning *

-- name: add_site
-- No row when the id (a GLN) is taken.
insert into parties.site (id, organisation, uri, gln, name, kind, division, address, latitude, longitude)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict do nothing
returning id

-- name: own_numbers
-- How many sites of this organisation are numbered by us.
select count(*) from parties.site where organisation = $1 and gln = ''

-- name: sites
select s.*, o.uscc from parties.site s join parties.organisation o on o.id = s.organisation
where s.organisation = $1 order by s.id

-- name: sites_by_id
select s.*, o.uscc from parties.site s join parties.organisation o on o.id = s.organisation where s.id = any($1::text[])

-- name: sites_by_uri
select s.*, o.uscc from parties.site s join parties.organisation o on o.id = s.organisation where s.uri = any($1::text[])

-- name: add_licence
insert into parties.licence (organisation, kind, number, valid_from, valid_until) values ($1, $2, $3, $4, $5)
on conflict do nothing
returning number

-- name: licences
select kind, number, valid_from, valid_until from parties.licence where organisation = $1 order by kind, valid_from, number

-- name: add_key
insert into parties.api_key (organisation, label, roles, hash, created, created_by)
values ($1, $2, $3, $4, $5, $6)
returning id, label, roles, created, revoked

-- name: keys
select id, label, roles, created, revoked from parties.api_key where organisation = $1 order by id

-- name: revoke_key
-- The first revocation keeps its time.
update parties.api_key set revoked = coalesce(revoked, $3) where organisation = $1 and id = $2 returning id

-- name: caller_by_key
select o.id, o.uscc, o.name, o.kind, o.divisions, k.roles
from parties.api_key k join parties.organisation o on o.id = k.organisation
where k.hash = $1 and k.revoked is null and o.status = 'active'

-- name: add_person
insert into parties.person (organisation, login, name, password, roles, created) values ($1, $2, $3, $4, $5, $6)
on conflict (login) do nothing
returning login, name, roles, created, disabled

-- name: people
select login, name, roles, created, disabled from parties.person where organisation = $1 order by login

-- name: disable_person
update parties.person set disabled = coalesce(disabled, $3) where organisation = $1 and login = $2 returning id

-- name: end_sessions_of
delete from parties.session where person = $1

-- name: person_by_login
-- Who may sign in under this login, with the argon2id hash to compare.
select p.id as person_id, p.password, o.id, o.uscc, o.name, o.kind, o.divisions, p.roles, p.login
from parties.person p join parties.organisation o on o.id = p.organisation
where p.login = $1 and p.disabled is null and o.status = 'active'

-- name: start_session
insert into parties.session (hash, person, created, expires) values ($1, $2, $3, $4)

-- name: caller_by_session
select o.id, o.uscc, o.name, o.kind, o.divisions, p.roles, p.login
from parties.session s
join parties.person p on p.id = s.person
join parties.organisation o on o.id = p.organisation
where s.hash = $1 and s.expires > $2 and p.disabled is null and o.status = 'active'

-- name: end_session
delete from parties.session where hash = $1

-- name: sweep_sessions
delete from parties.session where expires <= $1

-- name: count_attempt
-- One more try for each subject; a window that began before $3 begins anew. Rows are taken in order, so no deadlock.
insert into parties.attempt as a (subject, since, count)
select s, $2, 1 from unnest($1::bytea[]) s order by s
on conflict (subject) do update set
    count = case when a.since < $3 then 1 else a.count + 1 end,
    since = case when a.since < $3 then $2 else a.since end
returning subject, since, count

-- name: forgive_attempt
-- After a success: the login $1 starts from nought, the address $2 gets this one try back. In order, so no deadlock.
with held as (select subject from parties.attempt where subject = $1 or subject = $2 order by subject for update)
update parties.attempt a set count = case a.subject when $1 then 0 else a.count - 1 end
from held where held.subject = a.subject

-- name: sweep_attempts
-- Counters of windows that are over; one in use is left for the next sweep.
delete from parties.attempt where subject in (
    select subject from parties.attempt where since < $1 for update skip locked
)
