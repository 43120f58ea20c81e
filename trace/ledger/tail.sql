-- name: tail
-- What was recorded after a position by transactions before which none is open any more.
select e.xid, e.id, e.rec, e.doc
from ledger.event e
where (e.xid, e.id) > ($1::xid8, $2::uuid) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid, e.id
limit $3

-- name: head
-- The last of all that can be read that way.
select e.xid, e.id
from ledger.event e
where e.xid < pg_snapshot_xmin(pg_current_snapshot())
order by e.xid desc, e.id desc
limit 1

-- name: end
-- The oldest transaction that may still record something.
select pg_snapshot_xmin(pg_current_snapshot())

-- name: recorded_from
-- When the first event of this transaction or a later one was recorded.
select e.rec from ledger.event e where e.xid >= $1::xid8 order by e.xid, e.id limit 1
