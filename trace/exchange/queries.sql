-- name: keep
-- What of batches does not travel with the goods; the first file stays.
insert into exchange.batch (party, product, number, license, manager)
select $1, b.product, b.number, b.license, b.manager
from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as b (product, number, license, manager)
on conflict do nothing

-- name: kept
-- The same, read back.
select b.product, b.number, b.license, b.manager
from exchange.batch b join unnest($1::text[], $2::text[]) as w (product, number) using (product, number)
where b.party = $3

-- name: members
-- The items that an organisation put into a lot; null is everybody.
select h.child as code
from ledger.hold h join ledger.event e on e.id = h.ev
where h.parent = $1 and h.op = 5 and ($2::int is null or e.party = $2)
  and (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
limit $3

-- name: packed_with
-- The drug codes that hang together with these by what an organisation packed: what holds them, and what that holds.
with recursive r (code) as (
  select unnest($1::bigint[])
  union
  select x.code
  from r
  cross join lateral (
    select h.parent as code, h.child, h.ev from ledger.hold h where h.child = r.code and h.op = 1
    union all
    select h.child, h.child, h.ev from ledger.hold h where h.parent = r.code and h.op = 1
  ) x
  join ledger.event e on e.id = x.ev and ($2::int is null or e.party = $2)
  join ledger.code c on c.id = x.code and starts_with(c.uri, 'urn:zhuisu:drug:obj:')
  where (select count(*) from ledger.hold v where v.child = x.child and v.ev = x.ev and v.op = 9) = 0
)
select code from r limit $3

-- name: making
-- The events of an organisation that activated these codes or packed them, in their order.
select distinct u.ev as id
from (
  select t.ev, t.code from ledger.touch t
  where t.code = any($1::bigint[]) and t.role = 0
    and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0
  union all
  select h.ev, h.child from ledger.hold h
  where h.child = any($1::bigint[]) and h.op = 1
    and (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
) u
join ledger.event e on e.id = u.ev
where ($2::int is null or e.party = $2) and ((e.kind = 0 and e.action = 1) or (e.kind = 1 and e.action = 1))

-- name: activations
-- Which events brought these codes into being.
select t.code, t.ev
from ledger.touch t join ledger.event e on e.id = t.ev
where t.code = any($1::bigint[]) and ((t.role = 0 and e.kind = 0 and e.action = 1) or t.role = 7)
  and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0
order by t.ev desc

-- name: booked
-- What an organisation recorded of these codes at one moment in one step.
select t.code, t.ev
from ledger.touch t join ledger.event e on e.id = t.ev
where t.code = any($1::bigint[]) and t.role = 0 and e.party = $2 and e.t = $3 and e.step = $4
  and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0

-- name: moved
-- Goods seen in these steps from one event id to another, at one site or at any; without what was declared wrong. Whose events
-- is not asked here: this is read as zhuisu_reader for one caller (zhuisu.ledger.rights).
select e.id, e.doc
from ledger.event e
where e.id > $1 and e.id < $2 and e.t >= $3 and e.t < $4 and e.kind = 0 and e.action <> 1 and e.step = any($5::text[])
  and (
    $6::text is null
    or e.loc = any(array(select ledger.places_at(array[s.uri], array[]::text[]) from parties.site s where s.id = $6))
  )
  and not e.declared
  and not ledger.is_withdrawn(e.id, e.name)
order by e.id
limit $7
