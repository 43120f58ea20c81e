-- name: lock_keys
-- One at a time makes the first key of an organisation (or the root).
select pg_advisory_xact_lock(hashtext('certs.key'), $1)

-- name: signing_key
-- The newest key that the service holds for an organisation and that is in force at $2.
select id, kid, public, wrapped from certs.key
where party = $1 and custody = 'service' and since <= $2 and (until is null or until > $2)
order by since desc, id desc
limit 1

-- name: add_key
insert into certs.key (party, kid, public, wrapped, custody, since, until) values ($1, $2, $3, $4, $5, $6, $7)
returning id, kid, public, wrapped

-- name: root
-- The oldest key of the root: verifiers pin its thumbprint.
select id, kid, public, wrapped from certs.key where party = 0 order by id limit 1

-- name: trusted
-- Every issuer's key with the issuer's name as the register has it now.
select k.public, k.since, k.until, o.uscc, o.name, o.kind, o.phone
from certs.key k join parties.organisation o on o.id = k.party
order by k.id

-- name: trusted_for
-- The same for keys with one of these ids, and the keys of these issuers.
select k.public, k.since, k.until, o.uscc, o.name, o.kind, o.phone
from certs.key k join parties.organisation o on o.id = k.party
where k.kid = any($1::bytea[]) or o.uscc = any($2::text[])
order by k.id

-- name: next_counts
-- The next $1 numbers of the status list, before they are shuffled, and the secret that shuffles them.
select nextval('certs.status_count') as count, s.bytes as secret from generate_series(1, $1::int), certs.secret s

-- name: last_count
select last_value from certs.status_count

-- name: add_certificates
insert into certs.certificate (id, token, party, key, status, kind, product, lot, issued, person, event)
select c.id, c.token, $3, $4, c.status, c.kind, c.product, c.lot, $9, $10, c.event
from unnest($1::uuid[], $2::bytea[], $5::bigint[], $6::text[], $7::text[], $8::text[], $11::text[])
  as c(id, token, status, kind, product, lot, event)

-- name: add_goods
insert into certs.goods (code, certificate) select * from unnest($1::text[], $2::uuid[])

-- name: by_id
select c.id, c.token, c.issued, c.event, o.uscc, o.division
from certs.certificate c join parties.organisation o on o.id = c.party
where c.id = $1

-- name: latest
-- The newest $2 certificates of a party; many may have been issued at one instant.
select token, kind, product, lot, issued from certs.certificate
where party = $1
order by issued desc, id desc
limit $2

-- name: standings
-- Certificates of ours among $1, with the last word on each: no row in revocation means valid.
select c.id, c.status, coalesce(
    (select r.standing from certs.revocation r where r.certificate = c.id order by r.at desc limit 1), 0) as standing
from certs.certificate c
where c.id = any($1::uuid[])

-- name: not_valid
-- The status list: every index whose last word is not "valid".
select c.status, r.standing
from (select distinct on (certificate) certificate, standing from certs.revocation order by certificate, at desc) r
join certs.certificate c on c.id = r.certificate
where r.standing <> 0

-- name: goods
select certificate, code from certs.goods where certificate = any($1::uuid[]) order by code

-- name: of_goods
-- Certificates for these goods, oldest first.
select g.code, c.id, c.token from certs.goods g join certs.certificate c on c.id = g.certificate
where g.code = any($1::text[])
order by c.issued, c.id

-- name: tokens
select id, token from certs.certificate where id = any($1::uuid[])

-- name: revoke
-- No row when it was revoked before.
insert into certs.revocation (certificate, at, by, person, standing, reason) values ($1, $2, $3, $4, 1, $5)
on conflict do nothing
returning at

-- name: revocation
-- The last word on a certificate.
select at, reason from certs.revocation where certificate = $1 order by at desc limit 1

-- name: first_captured
-- Who captured the first event, not declared void since, that a code (or, of a lot, an instance in it) took part in: by
-- the time of capture, which nobody can date back. What only cites a code or is declared of it does not count.
select c.id, f.party
from unnest($1::bigint[]) as c (id)
cross join lateral (
  select e.party from ledger.event e
  where e.id in (
    select t.ev from ledger.touch t
    where t.code = c.id and t.role in (0, 1, 2, 3, 4, 6, 7)
      and not exists (select from ledger.touch v where v.code = t.code and v.ev = t.ev and v.role = 9)
    union all
    select h.ev from ledger.hold h
    where (h.child = c.id and h.op < 9 or h.parent = c.id and h.op in (1, 3, 5, 6))
      and not exists (select from ledger.hold v where v.child = h.child and v.ev = h.ev and v.op = 9)
  )
  order by e.rec, e.id
  limit 1
) f
