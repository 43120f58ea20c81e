-- name: add_query
-- A query under a name; nothing comes back when the name is taken.
insert into epcis.query (name, party, query, created) values ($1, $2, $3, $4)
on conflict (name) do nothing
returning id, name, party, query, created

-- name: query
-- The query of a name.
select id, name, party, query, created from epcis.query where name = $1

-- name: queries
-- Queries of one organisation and the standard's, or all, in the order of names.
select id, name, party, query, created from epcis.query
where ($1::int is null or party = $1 or party is null) and name > $2
order by name
limit $3

-- name: delete_query
-- A query goes, and its subscriptions with it.
delete from epcis.query where id = $1

-- name: standing
-- Those of the queries that are still there.
select id from epcis.query where id = any($1::bigint[])

-- name: add_subscription
insert into epcis.subscription
  (id, query, party, roles, dest, token, schedule, report_empty, since, created, xid, ev, reached, due, most, form)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $9, $13, $14, $15)

-- name: crowd
-- How many subscriptions an organisation has.
select count(*) from epcis.subscription where party = $1

-- name: alone
-- Whoever else subscribes for an organisation waits until this transaction ends.
select pg_advisory_xact_lock(hashtext('epcis.subscription'), $1::int)

-- name: subscription
-- One subscription to a query by one organisation, or by any.
select s.*, q.name from epcis.subscription s join epcis.query q on q.id = s.query
where s.query = $1 and ($2::int is null or s.party = $2) and s.id = $3

-- name: subscriptions
-- Subscriptions to a query by one organisation, or by all, in the order in which they were made, after one.
select s.*, q.name from epcis.subscription s join epcis.query q on q.id = s.query
where s.query = $1 and ($2::int is null or s.party = $2) and (s.created, s.id) > ($3::timestamptz, $4::uuid)
order by s.created, s.id
limit $5

-- name: delete_subscription
delete from epcis.subscription where id = $1

-- name: dead_letters
-- What was passed over, oldest first.
select xid, ev, events, failures, error, since from epcis.dead_letter where subscription = $1 order by xid, ev limit $2

-- name: replay
-- Deliver again from a position on; what was laid aside from there on is on its way again.
with risen as (delete from epcis.dead_letter where subscription = $1 and (xid, ev) >= ($2::xid8, $3::uuid))
update epcis.subscription
set xid = $2, ev = $3, since = $4, reached = $4, due = $5, failures = 0, error = '', holder = null, held = null
where id = $1

-- name: claim
-- Take one subscription that is due until a time: a scheduled one, or a stream for which something new was recorded.
with due as (
  select id from epcis.subscription
  where due <= $1 and (held is null or held <= $1) and (schedule <> '' or (xid, ev) < ($4::xid8, $5::uuid))
  order by due
  limit 1
  for update skip locked
)
update epcis.subscription s set holder = $2, held = $3
from due, epcis.query q
where s.id = due.id and q.id = s.query
returning s.*, q.name, q.query as asked

-- name: settle
-- What came of a delivery. Nothing happens when the subscription has another holder by now, or is gone.
update epcis.subscription
set xid = $3, ev = $4, reached = $5, due = $6, reported = $7, most = $8, failures = $9, error = $10,
    notified = coalesce($11, notified), holder = null, held = null
where id = $1 and holder = $2
returning id

-- name: lay_aside
insert into epcis.dead_letter (subscription, xid, ev, events, failures, error, since) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (subscription, xid, ev) do update set events = excluded.events, error = excluded.error, since = excluded.since

-- name: subscriber
-- Who an organisation is now, with those of these roles that one of its keys or people still has.
select o.uscc, o.name, o.kind, o.divisions,
  array(
    select unnest($2::text[])
    intersect (
      select unnest(k.roles) from parties.api_key k where k.organisation = o.id and k.revoked is null
      union
      select unnest(p.roles) from parties.person p where p.organisation = o.id and p.disabled is null
    )
  ) as roles
from parties.organisation o
where o.id = $1 and o.status = 'active'
