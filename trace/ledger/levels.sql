-- name: edges
-- For each span of a code the ways in and out inside it, and the last pack and the last association before it unless it
-- was taken out of there again. A lot is nobody's container, so there is nothing before its span.
select w.n, h.ev, h.op, h.parent
from unnest($1::integer[], $2::bigint[], $3::uuid[], $4::uuid[]) as w (n, code, lo, hi)
join ledger.hold h on h.child = w.code and h.ev > w.lo and h.ev < w.hi and h.op in (1, 2, 3, 4, 6, 7)
where (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
union all
select w.n, f.ev, 1, f.parent
from unnest($1::integer[], $2::bigint[], $3::uuid[]) as w (n, code, lo)
join ledger.code c on c.id = w.code
cross join lateral (
  select a.ev, a.parent from ledger.hold a
  where a.child = c.id and a.ev <= w.lo and a.op = 1
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev desc limit 1
) f
left join lateral (
  select a.ev from ledger.hold a
  where a.child = c.id and a.ev > f.ev and a.ev <= w.lo and a.op = 2 and a.parent = f.parent
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev limit 1
) o on true
where o.ev is null
union all
select w.n, f.ev, 3, f.parent
from unnest($1::integer[], $2::bigint[], $3::uuid[]) as w (n, code, lo)
join ledger.code c on c.id = w.code
cross join lateral (
  select a.ev, a.parent from ledger.hold a
  where a.child = c.id and a.ev <= w.lo and a.op = 3
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev desc limit 1
) f
left join lateral (
  select a.ev from ledger.hold a
  where a.child = c.id and a.ev > f.ev and a.ev <= w.lo and a.op = 4 and a.parent = f.parent
    and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
  order by a.ev limit 1
) o on true
where o.ev is null

-- name: emptied
-- For each stay in a parent the first time inside it that the parent was emptied (3) or freed of its associations (4).
select w.n, x.ev
from unnest($1::integer[], $2::bigint[], $3::smallint[], $4::uuid[], $5::uuid[]) as w (n, parent, role, since, until)
join ledger.code c on c.id = w.parent
cross join lateral (
  select t.ev from ledger.touch t
  where t.code = c.id and t.role in (3, 4) and t.role = w.role and t.ev > w.since and t.ev < w.until
    and (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0
  order by t.ev limit 1
) x

-- name: touched
-- For each span of a code the events that name it, and in which role.
select w.n, t.ev, t.role
from unnest($1::integer[], $2::bigint[], $3::uuid[], $4::uuid[]) as w (n, code, lo, hi)
join ledger.touch t on t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role < 9
where (select count(*) from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9) = 0

-- name: moved
-- For each span of a code the events in which it was put in or taken out.
select w.n, h.ev, h.op
from unnest($1::integer[], $2::bigint[], $3::uuid[], $4::uuid[]) as w (n, code, lo, hi)
join ledger.hold h on h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.op < 9
where (select count(*) from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9) = 0
