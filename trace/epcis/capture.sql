-- name: add
-- A document was sent. The id stays free for one whose last attempt failed.
insert into epcis.capture (id, party, uscc, anywhere, proceed, created, finished, events, refused, done, xml, body, header)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8::int + $9::int, $10, $11, $12)
on conflict (id) do nothing
returning id

-- name: add_piece
-- The next piece of a body.
insert into epcis.body (id, n, piece) values ($1, $2, $3)

-- name: piece
-- A piece of a body.
select piece from epcis.body where id = $1 and n = $2

-- name: drop_body
-- Its capture is finished.
delete from epcis.body where id = $1

-- name: one
-- A capture.
select id, party, uscc, anywhere, proceed, created, finished, events, refused, done, xml, body, header
from epcis.capture where id = $1

-- name: page
-- Captures of a party (of all for null), the latest first, after a place in that order; without their headers, which may be long.
select id, party, uscc, anywhere, proceed, created, finished, events, refused, done, xml, body, '' as header
from epcis.capture
where ($1::int is null or party = $1) and (created, id) < ($2, $3)
order by created desc, id desc
limit $4

-- name: running
-- Captures that are not finished, the oldest first.
select id from epcis.capture where finished is null order by created limit 100

-- name: take
-- Work on a capture alone, until `leave` or the end of this connection, whichever way that comes.
select pg_try_advisory_lock(hashtextextended($1::text, 6))

-- name: leave
-- Let another one have it.
select pg_advisory_unlock(hashtextextended($1::text, 6))

-- name: advance
-- So many more events are dealt with.
update epcis.capture set events = events + $2, refused = refused + $3, done = done + $2 + $3 where id = $1

-- name: finish
-- Nothing more is to be done.
update epcis.capture set finished = $2, body = null where id = $1

-- name: add_faults
-- What was wrong with events of a capture.
insert into epcis.fault (capture, n, problem) select $1, * from unnest($2::int[], $3::text[])

-- name: faults
-- What was wrong with the events of captures.
select capture, problem from epcis.fault where capture = any($1::uuid[]) order by capture, n
