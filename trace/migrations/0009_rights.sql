-- Who may do what. Migrations are run by whoever owns the database. The service works as zhuisu_service, which owns nothing
-- and can change nothing in the ledger. What a caller asks to see is read as zhuisu_reader, to which row level security
-- shows that caller's events and no others: a condition that somebody forgets hides nothing and gives nothing away.

-- The service: all tables but those of the ledger, which it reads and adds to.
grant usage on schema parties, ledger, certs, scan, products, epcis, exchange to zhuisu_service;
grant select, insert, update, delete on all tables in schema parties, certs, products, epcis, exchange to zhuisu_service;
grant select, insert on all tables in schema ledger, scan to zhuisu_service;
revoke insert on ledger.salt from zhuisu_service;
revoke update, delete on products.change, certs.certificate, certs.goods, certs.revocation from zhuisu_service;
grant usage, select on all sequences in schema parties, ledger, certs, scan, products, epcis, exchange to zhuisu_service;
grant select on public.migration to zhuisu_service;
alter default privileges in schema parties, certs, products, epcis, exchange
  grant select, insert, update, delete on tables to zhuisu_service;
alter default privileges in schema ledger, scan grant select, insert on tables to zhuisu_service;
alter default privileges in schema parties, ledger, certs, scan, products, epcis, exchange
  grant usage, select on sequences to zhuisu_service;

-- The ledger is added to, by its owner too.
create function ledger.append_only() returns trigger language plpgsql as $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
do $$
declare
  one name;
begin
  for one in select tablename from pg_tables where schemaname = 'ledger' loop
    execute format(
      'create trigger append_only before update or delete or truncate on ledger.%I'
      ' for each statement execute function ledger.append_only()', one);
  end loop;
end
$$;

-- A lock of this kind takes more than the right to insert.
create function ledger.alone() returns void language sql security definer set search_path = '' as $$
  lock table ledger.name in share row exclusive mode
$$;

-- The caller for whom this transaction reads, as zhuisu.ledger.rights has set it. Nothing set: nobody, who sees nothing.
create function ledger.sees_all() returns boolean language sql stable as $$
  select coalesce(nullif(current_setting('zhuisu.everything', true), '')::boolean, false)
$$;
create function ledger.own_party() returns integer language sql stable as $$
  select nullif(current_setting('zhuisu.party', true), '')::integer
$$;
create function ledger.own_places() returns integer[] language sql stable as $$
  select coalesce(nullif(current_setting('zhuisu.places', true), ''), '{}')::integer[]
$$;
create function ledger.admitted() returns uuid[] language sql stable as $$
  select coalesce(nullif(current_setting('zhuisu.admitted', true), ''), '{}')::uuid[]
$$;

-- Row level security: own events, those at own places, and those that admit() has found to be about goods once held. The
-- settings are read once a statement, not once a row, and all operators are leakproof: indexes go on serving.
alter table ledger.event enable row level security;
alter table ledger.event force row level security;
create policy owner on ledger.event to current_user using (true) with check (true);
create policy service on ledger.event to zhuisu_service using (true) with check (true);
create policy reader on ledger.event for select to zhuisu_reader using (
  (select ledger.sees_all())
  or party = (select ledger.own_party())
  or loc = any ((select ledger.own_places())::integer[])
  or id = any ((select ledger.admitted())::uuid[])
);

-- All else that the reader may: these functions, which work with their owner's rights. Those that look for candidates give
-- ids of events and nothing that stands in them; what the ids stand for is behind the policy.
grant usage on schema ledger to zhuisu_reader;
grant select on ledger.event to zhuisu_reader;

-- Let the reader see, until the next call, those of the asked events whose columns fit (null asks for nothing) and that are
-- about goods that the caller held: the code, or what it stood in at the time, was named at a place of the caller or captured
-- by it. An instance for ever, a lot until the last time: it is in many hands at once. One pass for all: a crate that a
-- thousand events name is looked at once. Whoever captured what another had captured before (ledger.witness) sees it as well,
-- and it counts as captured by both.
create function ledger.admit(
  asked uuid[], kinds smallint[], actions smallint[], steps text[], dispositions text[], locations integer[],
  read_points integer[], since timestamptz, before timestamptz
) returns integer language plpgsql security definer set search_path = '' as $$
declare
  me     constant integer := ledger.own_party();
  mine   constant integer[] := ledger.own_places();
  held   uuid[];
begin
  if not ledger.sees_all() and (me is not null or cardinality(mine) > 0) then
    with alien as materialized (
      select e.id from ledger.event e
      where e.id = any (asked) and e.party is distinct from me and e.loc <> all (mine)
        and (kinds is null or e.kind = any (kinds))
        and (actions is null or e.action = any (actions))
        and (steps is null or e.step = any (steps))
        and (dispositions is null or e.disposition = any (dispositions))
        and (locations is null or (e.biz and e.loc = any (locations)))
        and (read_points is null or e.read_point = any (read_points))
        and (since is null or e.rec >= since)
        and (before is null or e.rec < before)
    ),
    goods as materialized (
      select a.ev, g.code, g.lot
      from alien join ledger.about a on a.ev = alien.id
      cross join lateral (select unnest(a.items) as code, false as lot union all select unnest(a.lots), true) g
    ),
    hands as materialized (
      select c.code, h.ev
      from (select distinct code from goods) c
      cross join lateral (
        select m.ev
        from ledger.windows(c.code, 'ffffffff-ffff-ffff-ffff-ffffffffffff') w
        cross join lateral (
          select t.ev, t.loc from ledger.touch t
          where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role in (0, 1, 2, 3, 4, 6, 7)
          union all
          select x.ev, x.loc from ledger.hold x where x.child = w.code and x.ev >= w.lo and x.ev <= w.hi and x.op < 9
          offset 0
        ) m
        where m.loc = any (mine) or exists (select from ledger.event e where e.id = m.ev and e.party = me)
          or exists (select from ledger.witness s where s.ev = m.ev and s.party = me)
        order by m.ev desc
        limit 1
      ) h
    )
    select array_agg(f.ev) into held
    from (
      select g.ev from goods g join hands h on h.code = g.code where not g.lot or g.ev <= h.ev
      union
      select s.ev from alien a join ledger.witness s on s.ev = a.id and s.party = me
    ) f;
  end if;
  perform set_config('zhuisu.admitted', coalesce(held::text, ''), true);
  return cardinality(held);
end
$$;

create function ledger.ids_between(low uuid, high uuid, down boolean, most integer) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if down then
    return query select e.id from ledger.event e where e.id > low and e.id < high order by e.id desc limit most;
  else
    return query select e.id from ledger.event e where e.id > low and e.id < high order by e.id limit most;
  end if;
end
$$;

-- The same of the events at some places, by index: at these locations, or when they are null at these read points.
create function ledger.ids_at(
  locations integer[], read_points integer[], low uuid, high uuid, down boolean, most integer
) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  if down then
    return query
      select distinct f.id
      from unnest(coalesce(locations, read_points)) as p (place)
      cross join lateral (
        (select e.id from ledger.event e where e.loc = p.place and e.id > low and e.id < high order by e.id desc limit most)
        union all
        (select e.id from ledger.event e
         where locations is null and e.read_point = p.place and e.read_point <> e.loc and e.id > low and e.id < high
         order by e.id desc limit most)
      ) f
      order by f.id desc limit most;
  else
    return query
      select distinct f.id
      from unnest(coalesce(locations, read_points)) as p (place)
      cross join lateral (
        (select e.id from ledger.event e where e.loc = p.place and e.id > low and e.id < high order by e.id limit most)
        union all
        (select e.id from ledger.event e
         where locations is null and e.read_point = p.place and e.read_point <> e.loc and e.id > low and e.id < high
         order by e.id limit most)
      ) f
      order by f.id limit most;
  end if;
end
$$;

-- Ids in the order of recording behind one of them, or against it. Only transactions before which none is under way: nothing
-- can come in between.
create function ledger.ids_recorded(after uuid, down boolean, most integer) returns setof uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  start constant xid8 := (select e.xid from ledger.event e where e.id = after);
begin
  if not down then
    return query
      select e.id from ledger.event e
      where (e.xid, e.id) > (coalesce(start, '0'::xid8), after) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid, e.id limit most;
  elsif start is null then
    return query
      select e.id from ledger.event e where e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid desc, e.id desc limit most;
  else
    return query
      select e.id from ledger.event e
      where (e.xid, e.id) < (start, after) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by e.xid desc, e.id desc limit most;
  end if;
end
$$;

create function ledger.in_order_of_recording(asked uuid[]) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select e.id from ledger.event e
  where e.id = any (asked) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by e.xid, e.id
$$;

create function ledger.ids_of_names(names uuid[]) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select distinct n.ev from ledger.name n where n.h = any (names)
$$;

-- Ids of the events that name one of these codes, or a code of one of the whole classes: these lie side by side in the
-- dictionary. Null when a whole class has more than most codes.
create function ledger.ids_of_codes(classes text[], uris text[], whole text[], most integer) returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
declare
  kind  text;
  codes bigint[];
  more  bigint[];
begin
  codes := array(
    select k.id
    from ledger.salt s
    cross join unnest(classes, uris) as c (class, uri)
    cross join lateral (select ledger.key(s.bytes, c.class, c.uri) as h offset 0) h
    join ledger.code_key k on k.h = h.h
  );
  foreach kind in array whole loop
    more := array(
      select k.id
      from (
        select encode(substr(sha256(s.bytes || convert_to(kind, 'UTF8')), 1, 6), 'hex') as h from ledger.salt s offset 0
      ) c
      join ledger.code_key k on k.h >= (c.h || repeat('0', 20))::uuid and k.h <= (c.h || repeat('f', 20))::uuid
      limit most + 1
    );
    if cardinality(more) > most then
      return null;
    end if;
    codes := codes || more;
  end loop;
  return array(
    select t.ev from ledger.touch t where t.code = any (codes) and t.role <> 9
    union
    select h.ev from ledger.hold h where h.child = any (codes) and h.op <> 9
  );
end
$$;

-- Places by their URIs, and those that lie in sites: extensions of a GLN, sites of an organisation.
create function ledger.places_at(exact text[], sites text[]) returns setof integer
language sql stable security definer set search_path = '' as $$
  select p.id from ledger.place p
  where p.uri = any (exact)
    or exists (
      select from unnest(sites) as w (site)
      where p.uri = w.site or starts_with(p.uri, w.site || '/254/')
        or (starts_with(w.site, 'urn:zhuisu:site:loc:') and starts_with(p.uri, w.site || '.'))
    )
$$;

-- Places by their URIs, and the extensions of GLNs.
create function ledger.places_of(sites text[]) returns setof integer
language sql stable security definer set search_path = '' as $$
  select p.id from ledger.place p where p.uri = any (sites) or split_part(p.uri, '/254/', 1) = any (sites)
$$;

create function ledger.place_uri(place integer) returns text
language sql stable security definer set search_path = '' as $$
  select p.uri from ledger.place p where p.id = place
$$;

-- Kinds and places of what the caller captured, or where it sees all of everything, each combination once: from one to the next
-- by event_facet, so that it costs what there is to tell, however many events. It runs with the caller's rights, which keep it.
create function ledger.facets()
returns table (party integer, kind smallint, loc integer, biz boolean, read_point integer)
language sql stable set search_path = '' as $$
  with recursive span (low, high) as materialized (
    select case when ledger.sees_all() then 0 else ledger.own_party() end,
      case when ledger.sees_all() then 2147483647 else ledger.own_party() end
  ),
  walk (party, kind, loc, biz, read_point) as (
    select f.* from span s cross join lateral (
      select e.party, e.kind, e.loc, e.biz, e.read_point from ledger.event e
      where e.party >= s.low and e.party <= s.high
      order by e.party, e.kind, e.loc, e.biz, e.read_point limit 1
    ) f
    union all
    select f.* from span s cross join walk w cross join lateral (
      select e.party, e.kind, e.loc, e.biz, e.read_point from ledger.event e
      where (e.party, e.kind, e.loc, e.biz, e.read_point) > (w.party, w.kind, w.loc, w.biz, w.read_point)
        and e.party <= s.high
      order by e.party, e.kind, e.loc, e.biz, e.read_point limit 1
    ) f
  )
  select * from walk
$$;

-- Codes after one, in the order in which they were first named, those of them that the caller may see: named in an event that
-- it captured, first or after others, or as part of what it held. The last row is where it ended, without a URI, or not there at the end of all.
create function ledger.codes_seen(after bigint, looked_at integer) returns table (code bigint, uri text)
language plpgsql stable security definer set search_path = '' as $$
declare
  me   constant integer := ledger.own_party();
  mine constant integer[] := ledger.own_places();
  everything constant boolean := ledger.sees_all();
begin
  return query
    with next as materialized (select c.id, c.uri from ledger.code c where c.id > after order by c.id limit looked_at)
    (
      select n.id, n.uri
      from next n
      where exists (
        select
        from ledger.windows(n.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') w
        cross join lateral (
          select t.ev, t.loc from ledger.touch t
          where t.code = w.code and t.ev >= w.lo and t.ev <= w.hi and t.role not in (5, 8, 9)
          union all
          select h.ev, h.loc from ledger.hold h where h.child = w.code and h.ev >= w.lo and h.ev <= w.hi and h.op <> 9
          offset 0
        ) m
        where everything or m.loc = any (mine) or exists (select from ledger.event e where e.id = m.ev and e.party = me)
          or exists (select from ledger.witness s where s.ev = m.ev and s.party = me)
      )
      order by n.id
    )
    union all
    (select n.id, null from next n where (select count(*) from next) = looked_at order by n.id desc limit 1);
end
$$;

-- Whether all who captured an event, under its eventID, have declared it wrong.
create function ledger.is_withdrawn(event uuid, event_id text) returns boolean
language sql stable security definer set search_path = '' as $$
  with said as (
    select n.declared, n.party, n.ev from ledger.name n
    where n.h = encode(substr(sha256(convert_to(event_id, 'UTF8')), 1, 16), 'hex')::uuid
  )
  select not exists (
    select from said o
    where o.ev = event and o.declared = '1900-01-01T00:00:00Z'
      and not exists (select from said d where d.party = o.party and d.declared > '1900-01-01T00:00:00Z')
  )
$$;

-- Functions are everybody's until told otherwise.
revoke execute on all functions in schema ledger from public;
grant execute on all functions in schema ledger to zhuisu_service;
grant execute on function
  ledger.sees_all, ledger.own_party, ledger.own_places, ledger.admitted, ledger.admit, ledger.ids_between, ledger.ids_at,
  ledger.ids_recorded, ledger.in_order_of_recording, ledger.ids_of_names, ledger.ids_of_codes, ledger.places_at,
  ledger.places_of,  ledger.place_uri, ledger.facets, ledger.codes_seen, ledger.is_withdrawn
to zhuisu_reader;
alter default privileges revoke execute on functions from public;
alter default privileges in schema ledger grant execute on functions to zhuisu_service;

-- Where places are, and whose: master data, which the door answers with as well.
grant usage on schema parties to zhuisu_reader;
grant select on parties.site to zhuisu_reader;
grant select (id, uscc) on parties.organisation to zhuisu_reader;
