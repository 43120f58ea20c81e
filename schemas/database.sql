CREATE SCHEMA certs;

CREATE SCHEMA epcis;

CREATE SCHEMA exchange;

CREATE SCHEMA ledger;

CREATE SCHEMA parties;

CREATE SCHEMA products;

CREATE SCHEMA scan;

CREATE FUNCTION epcis.hears(everything boolean, caller integer, divisions text[], speaker integer) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select everything or speaker = caller or (cardinality(divisions) > 0 and exists (
        select from parties.organisation o join unnest(divisions) as d (prefix) on starts_with(o.division, d.prefix)
        where o.id = speaker
    ))
$$;

CREATE FUNCTION epcis.only_inserted() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

CREATE FUNCTION ledger.admit(asked uuid[], kinds smallint[], actions smallint[], steps text[], dispositions text[], locations integer[], read_points integer[], since timestamp with time zone, before timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.admitted() RETURNS uuid[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(nullif(current_setting('zhuisu.admitted', true), ''), '{}')::uuid[]
$$;

CREATE FUNCTION ledger.alone() RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  lock table ledger.name in share row exclusive mode
$$;

CREATE FUNCTION ledger.append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'ledger.% is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

CREATE FUNCTION ledger.codes_seen(after bigint, looked_at integer) RETURNS TABLE(code bigint, uri text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.facets() RETURNS TABLE(party integer, kind smallint, loc integer, biz boolean, read_point integer)
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.ids_at(locations integer[], read_points integer[], low uuid, high uuid, down boolean, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.ids_between(low uuid, high uuid, down boolean, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if down then
    return query select e.id from ledger.event e where e.id > low and e.id < high order by e.id desc limit most;
  else
    return query select e.id from ledger.event e where e.id > low and e.id < high order by e.id limit most;
  end if;
end
$$;

CREATE FUNCTION ledger.ids_of_codes(classes text[], uris text[], whole text[], most integer) RETURNS uuid[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.ids_of_names(names uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select distinct n.ev from ledger.name n where n.h = any (names)
$$;

CREATE FUNCTION ledger.ids_recorded(after uuid, down boolean, most integer) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.in_order_of_recording(asked uuid[]) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select e.id from ledger.event e
  where e.id = any (asked) and e.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by e.xid, e.id
$$;

CREATE FUNCTION ledger.intern(classes text[], uris text[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
declare
  keys     uuid[];
  ids      bigint[];
  new_keys uuid[];
  new_uris text[];
  new_ids  bigint[];
  added    bigint[];
begin
  select array_agg(ledger.key(s.bytes, u.class, u.uri) order by u.n) into keys
  from ledger.salt s cross join unnest(classes, uris) with ordinality as u (class, uri, n);
  loop
    select array_agg(u.id), array_agg(u.h) filter (where u.new), array_agg(u.uri) filter (where u.new),
      array_agg(u.id) filter (where u.new)
    into ids, new_keys, new_uris, new_ids
    from (
      select u.h, u.uri, k.id is null as new, coalesce(k.id, nextval('ledger.code_ids')) as id
      from unnest(keys, uris) with ordinality as u (h, uri, n) left join ledger.code_key k on k.h = u.h
      order by u.n
    ) u;
    exit when new_ids is null;
    with mine as (
      insert into ledger.code_key (h, id) select h, id from unnest(new_keys, new_ids) as u (h, id) order by h
      on conflict (h) do nothing
      returning id
    )
    select array_agg(id) into added from mine;
    insert into ledger.code (id, uri) select u.id, u.uri from unnest(new_ids, new_uris) as u (id, uri)
    where cardinality(added) = cardinality(new_ids) or u.id = any(added);
    exit when cardinality(added) = cardinality(new_ids);
  end loop;
  return ids;
end
$$;

CREATE FUNCTION ledger.is_withdrawn(event uuid, event_id text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
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

CREATE FUNCTION ledger.key(salt bytea, class text, uri text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select encode(substr(sha256(salt || convert_to(class, 'UTF8')), 1, 6)
             || substr(sha256(salt || convert_to(uri, 'UTF8')), 1, 10), 'hex')::uuid
$$;

CREATE FUNCTION ledger.locate(uris text[]) RETURNS integer[]
    LANGUAGE plpgsql
    AS $$
declare
  ids integer[];
begin
  loop
    select array_agg(case u.uri when '' then 0 else p.id end order by u.n) into ids
    from unnest(uris) with ordinality as u (uri, n) left join ledger.place p on p.uri = u.uri;
    exit when array_position(ids, null) is null;
    insert into ledger.place (uri)
    select u.uri from unnest(uris, ids) as u (uri, id) where u.id is null group by u.uri order by u.uri
    on conflict do nothing;
  end loop;
  return ids;
end
$$;

CREATE FUNCTION ledger.own_party() RETURNS integer
    LANGUAGE sql STABLE
    AS $$
  select nullif(current_setting('zhuisu.party', true), '')::integer
$$;

CREATE FUNCTION ledger.own_places() RETURNS integer[]
    LANGUAGE sql STABLE
    AS $$
  select coalesce(nullif(current_setting('zhuisu.places', true), ''), '{}')::integer[]
$$;

CREATE FUNCTION ledger.place_uri(place integer) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.uri from ledger.place p where p.id = place
$$;

CREATE FUNCTION ledger.places_at(exact text[], sites text[]) RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.id from ledger.place p
  where p.uri = any (exact)
    or exists (
      select from unnest(sites) as w (site)
      where p.uri = w.site or starts_with(p.uri, w.site || '/254/')
        or (starts_with(w.site, 'urn:zhuisu:site:loc:') and starts_with(p.uri, w.site || '.'))
    )
$$;

CREATE FUNCTION ledger.places_of(sites text[]) RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.id from ledger.place p where p.uri = any (sites) or split_part(p.uri, '/254/', 1) = any (sites)
$$;

CREATE TABLE ledger.about (
    ev uuid NOT NULL,
    items bigint[],
    lots bigint[]
);

COMMENT ON TABLE ledger.about IS 'The goods an event names: instances and lots, not kinds, not certificates. Rights follow from them.';

CREATE TABLE ledger.event (
    id uuid NOT NULL,
    digest bytea NOT NULL,
    t timestamp with time zone NOT NULL,
    rec timestamp with time zone NOT NULL,
    kind smallint NOT NULL,
    action smallint NOT NULL,
    step text NOT NULL,
    disposition text NOT NULL,
    loc integer NOT NULL,
    read_point integer NOT NULL,
    party integer NOT NULL,
    biz boolean NOT NULL,
    name text NOT NULL,
    declared boolean NOT NULL,
    doc text NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL
);

ALTER TABLE ONLY ledger.event FORCE ROW LEVEL SECURITY;

COMMENT ON COLUMN ledger.event.id IS 'UUIDv8: 48 bits event time in ms, 4 bits rank, hash of the content. Its order is event order.';

COMMENT ON COLUMN ledger.event.digest IS 'SHA-256 of the content: same id and other digest is a conflict, never a silent drop.';

COMMENT ON COLUMN ledger.event.loc IS 'ledger.place: bizLocation, else readPoint; 0 when the event names none.';

COMMENT ON COLUMN ledger.event.read_point IS 'ledger.place: readPoint; 0 when the event names none.';

COMMENT ON COLUMN ledger.event.party IS 'parties.organisation: who captured it first.';

COMMENT ON COLUMN ledger.event.biz IS 'loc is the bizLocation, not the readPoint for want of one.';

COMMENT ON COLUMN ledger.event.name IS 'eventID: the client''s, else the CBV hash id.';

COMMENT ON COLUMN ledger.event.declared IS 'This is an error declaration: it voids the event of the same eventID.';

COMMENT ON COLUMN ledger.event.xid IS 'The transaction that recorded it: whoever follows the ledger reads in this order (zhuisu.ledger.tail).';

CREATE TABLE ledger.hold (
    child bigint NOT NULL,
    ev uuid NOT NULL,
    parent bigint NOT NULL,
    loc integer NOT NULL,
    op smallint NOT NULL
);

COMMENT ON COLUMN ledger.hold.op IS '1 packed, 2 unpacked, 3 associated, 4 dissociated, 5 member of a lot, 6 a quantity packed, 7 a quantity unpacked, 9 ev is void';

CREATE TABLE ledger.part (
    ev uuid NOT NULL,
    role smallint NOT NULL,
    code bigint NOT NULL
);

COMMENT ON TABLE ledger.part IS 'A transformation as one group: inputs 6, outputs 7, transformation id 8. Never inputs times outputs.';

CREATE TABLE ledger.touch (
    code bigint NOT NULL,
    ev uuid NOT NULL,
    loc integer NOT NULL,
    role smallint NOT NULL
);

COMMENT ON COLUMN ledger.touch.role IS '0 observed, 1 parent of a pack, 2 of an unpack, 3 emptied, 4 freed of associations, 5 cited certificate, 6 input, 7 output, 8 transformation id, 9 ev is void, 10 declaration';

CREATE FUNCTION ledger.record(classes text[], uris text[], events ledger.event[], names uuid[], touches ledger.touch[], holds ledger.hold[], parts ledger.part[], abouts ledger.about[]) RETURNS uuid[]
    LANGUAGE plpgsql
    AS $$
declare
  codes bigint[];
  added uuid[];
  here  uuid[] := '{}';
begin
  with mine as (
    insert into ledger.event
      (id, digest, t, rec, kind, action, step, disposition, loc, read_point, party, biz, name, declared, doc)
    select e.id, e.digest, e.t, e.rec, e.kind, e.action, e.step, e.disposition, e.loc, e.read_point, e.party, e.biz, e.name,
      e.declared, e.doc
    from unnest(events) e
    on conflict (id) do nothing
    returning id
  )
  select coalesce(array_agg(id), '{}') into added from mine;
  if cardinality(added) < cardinality(events) then
    if exists (
      select from unnest(events) e join ledger.event x on x.id = e.id where x.digest <> e.digest or x.party <> e.party
    ) then
      raise unique_violation;
    end if;
    select array_agg(e.id) into here from unnest(events) e where e.id <> all (added);
    if added = '{}' then
      return here;
    end if;
  end if;
  insert into ledger.name (h, declared, party, ev)
  select n.h, '1900-01-01T00:00:00Z', e.party, e.id
  from unnest(events) with ordinality e join unnest(names) with ordinality n (h, ordinality) using (ordinality)
  where e.id <> all (here) order by n.h;
  if exists (select from ledger.name where h = any (names) and declared > '1900-01-01T00:00:00Z') then
    raise unique_violation;
  end if;
  codes := ledger.intern(classes, uris);
  insert into ledger.touch (code, ev, loc, role)
  select codes[t.code], t.ev, t.loc, t.role from unnest(touches) t where t.ev <> all (here);
  if holds <> '{}' then
    insert into ledger.hold (child, ev, parent, loc, op)
    select codes[t.child], t.ev, codes[t.parent], t.loc, t.op from unnest(holds) t where t.ev <> all (here);
  end if;
  if parts <> '{}' then
    insert into ledger.part (ev, role, code)
    select t.ev, t.role, codes[t.code] from unnest(parts) t where t.ev <> all (here);
  end if;
  insert into ledger.about (ev, items, lots)
  select t.ev,
    (select array_agg(codes[n]) from unnest(t.items) as u (n)), (select array_agg(codes[n]) from unnest(t.lots) as u (n))
  from unnest(abouts) t where t.ev <> all (here);
  return here;
exception
  when unique_violation then return null;
end
$$;

CREATE FUNCTION ledger.sees_all() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select coalesce(nullif(current_setting('zhuisu.everything', true), '')::boolean, false)
$$;

CREATE FUNCTION ledger.windows(root bigint, till uuid) RETURNS TABLE(code bigint, lo uuid, hi uuid, depth integer)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  with recursive w(code, lo, hi, depth, above) as (
    select root, '00000000-0000-0000-0000-000000000000'::uuid, till, 0, array[root]
    union all
    select e.parent, greatest(w.lo, e.ev), least(w.hi, coalesce(o.ev, w.hi), coalesce(n.ev, w.hi)), w.depth + 1,
      w.above || e.parent
    from w
    cross join lateral (
      (select a.ev, a.op, a.parent from ledger.hold a
       where a.child = w.code and a.ev <= w.lo and a.op = 1
         and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
       order by a.ev desc limit 1)
      union all
      -- What is associated with a parent may be packed as well. A lot (6) is nobody's container, so nothing is before it.
      (select a.ev, a.op, a.parent from ledger.hold a
       where a.child = w.code and a.ev <= w.lo and a.op = 3
         and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0
       order by a.ev desc limit 1)
      union all
      (select a.ev, a.op, a.parent from ledger.hold a
       where a.child = w.code and a.ev > w.lo and a.ev < w.hi and a.op in (1, 3, 6)
         and (select count(*) from ledger.hold v where v.child = a.child and v.ev = a.ev and v.op = 9) = 0)
    ) e
    -- It ends when the child is taken out of this parent or put into another …
    cross join lateral (
      select case e.op
        when 1 then (
          select x.ev from ledger.hold x
          where x.child = w.code and x.ev > e.ev and x.ev < w.hi and (x.op = 1 or x.op = 2 and x.parent = e.parent)
            and (select count(*) from ledger.hold v where v.child = x.child and v.ev = x.ev and v.op = 9) = 0
          order by x.ev limit 1
        )
        when 3 then (
          select x.ev from ledger.hold x
          where x.child = w.code and x.ev > e.ev and x.ev < w.hi and x.op in (3, 4) and (x.op = 3 or x.parent = e.parent)
            and (select count(*) from ledger.hold v where v.child = x.child and v.ev = x.ev and v.op = 9) = 0
          order by x.ev limit 1
        )
        else (
          select x.ev from ledger.hold x
          where x.child = w.code and x.parent = e.parent and x.ev > e.ev and x.ev < w.hi and x.op = 7
            and (select count(*) from ledger.hold v where v.child = x.child and v.ev = x.ev and v.op = 9) = 0
          order by x.ev limit 1
        )
      end as ev
    ) n
    -- … or when the parent is emptied, or freed of its associations, without naming its children.
    left join lateral (
      select x.ev from ledger.touch x
      where x.code = e.parent and x.role in (3, 4) and x.role = case e.op when 3 then 4 else 3 end and x.ev > e.ev
        and (select count(*) from ledger.touch v where v.code = x.code and v.ev = x.ev and v.role = 9) = 0
      order by x.ev limit 1
    ) o on true
    -- A cycle ends where a code would stand in itself: it was there at all those times already.
    where coalesce(n.ev, w.hi) > w.lo and coalesce(o.ev, w.hi) > w.lo and w.depth < 16 and e.parent <> all (w.above)
  )
  select w.code, w.lo, w.hi, w.depth from w
$$;

CREATE TABLE certs.certificate (
    id uuid NOT NULL,
    token bytea NOT NULL,
    party integer NOT NULL,
    key integer NOT NULL,
    status bigint NOT NULL,
    kind text NOT NULL,
    product text NOT NULL,
    lot text NOT NULL,
    issued timestamp with time zone NOT NULL,
    person text NOT NULL,
    event text NOT NULL
);

CREATE TABLE certs.goods (
    code text NOT NULL,
    certificate uuid NOT NULL
);

CREATE TABLE certs.key (
    id integer NOT NULL,
    party integer NOT NULL,
    kid bytea NOT NULL,
    public bytea NOT NULL,
    wrapped bytea,
    custody text NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    CONSTRAINT key_check CHECK ((until > since)),
    CONSTRAINT key_check1 CHECK (((wrapped IS NOT NULL) = (custody = 'service'::text))),
    CONSTRAINT key_custody_check CHECK ((custody = ANY (ARRAY['service'::text, 'client'::text, 'hsm'::text]))),
    CONSTRAINT key_kid_check CHECK ((octet_length(kid) = 4))
);

ALTER TABLE certs.key ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME certs.key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE certs.revocation (
    certificate uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by integer NOT NULL,
    person text NOT NULL,
    standing smallint NOT NULL,
    reason text NOT NULL,
    CONSTRAINT revocation_standing_check CHECK (((standing >= 0) AND (standing <= 2)))
);

CREATE TABLE certs.secret (
    one boolean DEFAULT true NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT secret_one_check CHECK (one)
);

CREATE SEQUENCE certs.status_count
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE TABLE epcis.body (
    id uuid NOT NULL,
    n integer NOT NULL,
    piece bytea NOT NULL
);
ALTER TABLE ONLY epcis.body ALTER COLUMN piece SET STORAGE EXTERNAL;

CREATE TABLE epcis.capture (
    id uuid NOT NULL,
    party integer NOT NULL,
    uscc text NOT NULL,
    anywhere boolean NOT NULL,
    proceed boolean NOT NULL,
    created timestamp with time zone NOT NULL,
    finished timestamp with time zone,
    events integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    xml boolean DEFAULT false NOT NULL,
    body uuid,
    header text DEFAULT ''::text NOT NULL
);

CREATE TABLE epcis.dead_letter (
    subscription uuid NOT NULL,
    xid xid8 NOT NULL,
    ev uuid NOT NULL,
    events integer NOT NULL,
    failures integer NOT NULL,
    error text NOT NULL,
    since timestamp with time zone NOT NULL
);

COMMENT ON TABLE epcis.dead_letter IS 'Deliveries that failed too often and were passed over.';

CREATE TABLE epcis.fault (
    capture uuid NOT NULL,
    n integer NOT NULL,
    problem text NOT NULL
);

CREATE TABLE epcis.naming (
    subject bigint NOT NULL,
    ev uuid NOT NULL
);

CREATE TABLE epcis.query (
    id bigint NOT NULL,
    name text NOT NULL,
    party integer,
    query text NOT NULL,
    created timestamp with time zone NOT NULL
);

ALTER TABLE epcis.query ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME epcis.query_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE epcis.statement (
    subject bigint NOT NULL,
    n bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    capture uuid NOT NULL,
    children text[] NOT NULL,
    doc text NOT NULL
);

ALTER TABLE epcis.statement ALTER COLUMN n ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME epcis.statement_n_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE epcis.subject (
    id bigint NOT NULL,
    party integer NOT NULL,
    type text NOT NULL,
    uri text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE epcis.subject ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME epcis.subject_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE epcis.subscription (
    id uuid NOT NULL,
    query bigint NOT NULL,
    party integer NOT NULL,
    roles text[] NOT NULL,
    dest text NOT NULL,
    token bytea NOT NULL,
    schedule text NOT NULL,
    report_empty boolean NOT NULL,
    form text NOT NULL,
    since timestamp with time zone NOT NULL,
    created timestamp with time zone NOT NULL,
    xid xid8 NOT NULL,
    ev uuid NOT NULL,
    reached timestamp with time zone NOT NULL,
    due timestamp with time zone NOT NULL,
    holder uuid,
    held timestamp with time zone,
    reported boolean DEFAULT false NOT NULL,
    most smallint NOT NULL,
    failures smallint DEFAULT 0 NOT NULL,
    error text DEFAULT ''::text NOT NULL,
    notified timestamp with time zone
);

CREATE TABLE exchange.batch (
    party integer NOT NULL,
    product text NOT NULL,
    number text NOT NULL,
    license text NOT NULL,
    manager text NOT NULL
);

CREATE TABLE ledger.code (
    id bigint NOT NULL,
    uri text NOT NULL
);

CREATE SEQUENCE ledger.code_ids
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE ledger.code_key (
    h uuid NOT NULL,
    id bigint NOT NULL
);

COMMENT ON TABLE ledger.code_key IS '48 bits hash of the class | 80 bits hash of the code: neighbours of a class share a page.';

CREATE TABLE ledger.name (
    h uuid NOT NULL,
    declared timestamp with time zone NOT NULL,
    party integer NOT NULL,
    ev uuid NOT NULL
);

COMMENT ON TABLE ledger.name IS 'eventID (first half of its SHA-256) to event, for each who reported it; a declaration shares its original''s eventID.';

CREATE TABLE ledger.place (
    id integer NOT NULL,
    uri text NOT NULL
);

ALTER TABLE ledger.place ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ledger.place_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ledger.salt (
    one boolean DEFAULT true NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT salt_one_check CHECK (one)
);

COMMENT ON TABLE ledger.salt IS 'Secret of this database in the dictionary keys: nobody outside can make two codes collide.';

CREATE TABLE ledger.witness (
    ev uuid NOT NULL,
    party integer NOT NULL,
    rec timestamp with time zone NOT NULL
);

COMMENT ON TABLE ledger.witness IS 'Who else captured an event that another organisation had captured before.';

CREATE TABLE parties.api_key (
    id bigint NOT NULL,
    organisation integer NOT NULL,
    label text NOT NULL,
    roles text[] NOT NULL,
    hash bytea NOT NULL,
    created timestamp with time zone NOT NULL,
    created_by integer,
    revoked timestamp with time zone,
    CONSTRAINT api_key_hash_check CHECK ((octet_length(hash) = 32)),
    CONSTRAINT api_key_roles_check CHECK ((cardinality(roles) > 0))
);

ALTER TABLE parties.api_key ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME parties.api_key_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE parties.attempt (
    subject bytea NOT NULL,
    since timestamp with time zone NOT NULL,
    count integer NOT NULL
);

CREATE TABLE parties.licence (
    organisation integer NOT NULL,
    kind text NOT NULL,
    number text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    CONSTRAINT licence_check CHECK ((valid_until >= valid_from))
);

CREATE TABLE parties.organisation (
    id integer NOT NULL,
    uscc text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    kind text NOT NULL,
    division text NOT NULL,
    divisions text[] NOT NULL,
    address text NOT NULL,
    phone text NOT NULL,
    status text NOT NULL,
    created timestamp with time zone NOT NULL,
    CONSTRAINT organisation_status_check CHECK ((status = ANY (ARRAY['active'::text, 'suspended'::text, 'struck'::text])))
);

ALTER TABLE parties.organisation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME parties.organisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE parties.person (
    id integer NOT NULL,
    organisation integer NOT NULL,
    login text NOT NULL,
    name text NOT NULL,
    password text NOT NULL,
    roles text[] NOT NULL,
    created timestamp with time zone NOT NULL,
    disabled timestamp with time zone,
    CONSTRAINT person_password_check CHECK ((password ~~ '$argon2id$%'::text)),
    CONSTRAINT person_roles_check CHECK ((cardinality(roles) > 0))
);

ALTER TABLE parties.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME parties.person_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE parties.session (
    hash bytea NOT NULL,
    person integer NOT NULL,
    created timestamp with time zone NOT NULL,
    expires timestamp with time zone NOT NULL,
    CONSTRAINT session_hash_check CHECK ((octet_length(hash) = 32))
);

CREATE TABLE parties.site (
    id text NOT NULL,
    organisation integer NOT NULL,
    uri text NOT NULL,
    gln text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    division text NOT NULL,
    address text NOT NULL,
    latitude double precision,
    longitude double precision,
    CONSTRAINT site_check CHECK (((latitude IS NULL) = (longitude IS NULL)))
);

CREATE TABLE products.change (
    id bigint NOT NULL,
    code text NOT NULL,
    at timestamp with time zone NOT NULL,
    by integer NOT NULL,
    person text NOT NULL,
    owner integer NOT NULL,
    said jsonb NOT NULL
);

ALTER TABLE products.change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME products.change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE products.product (
    code text NOT NULL,
    owner integer NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    specification text NOT NULL,
    form text NOT NULL,
    maker text NOT NULL,
    approval text NOT NULL,
    standard_code text NOT NULL,
    level smallint,
    contains integer,
    below text NOT NULL,
    category text NOT NULL,
    unit text NOT NULL,
    changed timestamp with time zone NOT NULL,
    CONSTRAINT product_check CHECK (((below = ''::text) OR (contains IS NOT NULL))),
    CONSTRAINT product_contains_check CHECK ((contains > 0)),
    CONSTRAINT product_level_check CHECK (((level >= 1) AND (level <= 3)))
);

CREATE TABLE public.migration (
    number integer NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    applied timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE scan.intake (
    id bigint NOT NULL,
    request bytea,
    party integer NOT NULL,
    person text NOT NULL,
    site text NOT NULL,
    step text NOT NULL,
    at timestamp with time zone NOT NULL,
    rec timestamp with time zone NOT NULL,
    CONSTRAINT intake_request_check CHECK ((octet_length(request) = 32))
);

ALTER TABLE scan.intake ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME scan.intake_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE scan.line (
    intake bigint NOT NULL,
    n smallint NOT NULL,
    text text NOT NULL,
    canonical text NOT NULL,
    verdict text NOT NULL,
    found jsonb NOT NULL,
    event text NOT NULL,
    CONSTRAINT line_verdict_check CHECK ((verdict = ANY (ARRAY['accept'::text, 'warn'::text, 'refuse'::text])))
);

ALTER TABLE ONLY certs.certificate
    ADD CONSTRAINT certificate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY certs.certificate
    ADD CONSTRAINT certificate_status_key UNIQUE (status);

ALTER TABLE ONLY certs.goods
    ADD CONSTRAINT goods_pkey PRIMARY KEY (code, certificate);

ALTER TABLE ONLY certs.key
    ADD CONSTRAINT key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY certs.key
    ADD CONSTRAINT key_public_key UNIQUE (public);

ALTER TABLE ONLY certs.revocation
    ADD CONSTRAINT revocation_pkey PRIMARY KEY (certificate, at);

ALTER TABLE ONLY certs.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (one);

ALTER TABLE ONLY epcis.body
    ADD CONSTRAINT body_pkey PRIMARY KEY (id, n);

ALTER TABLE ONLY epcis.capture
    ADD CONSTRAINT capture_pkey PRIMARY KEY (id);

ALTER TABLE ONLY epcis.dead_letter
    ADD CONSTRAINT dead_letter_pkey PRIMARY KEY (subscription, xid, ev);

ALTER TABLE ONLY epcis.fault
    ADD CONSTRAINT fault_pkey PRIMARY KEY (capture, n);

ALTER TABLE ONLY epcis.naming
    ADD CONSTRAINT naming_pkey PRIMARY KEY (subject, ev);

ALTER TABLE ONLY epcis.query
    ADD CONSTRAINT query_name_key UNIQUE (name);

ALTER TABLE ONLY epcis.query
    ADD CONSTRAINT query_pkey PRIMARY KEY (id);

ALTER TABLE ONLY epcis.statement
    ADD CONSTRAINT statement_pkey PRIMARY KEY (subject, n);

ALTER TABLE ONLY epcis.subject
    ADD CONSTRAINT subject_pkey PRIMARY KEY (id);

ALTER TABLE ONLY epcis.subscription
    ADD CONSTRAINT subscription_pkey PRIMARY KEY (id);

ALTER TABLE ONLY exchange.batch
    ADD CONSTRAINT batch_pkey PRIMARY KEY (party, product, number);

ALTER TABLE ONLY ledger.about
    ADD CONSTRAINT about_pkey PRIMARY KEY (ev);

ALTER TABLE ONLY ledger.code_key
    ADD CONSTRAINT code_key_pkey PRIMARY KEY (h);

ALTER TABLE ONLY ledger.code
    ADD CONSTRAINT code_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ledger.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ledger.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (child, ev, op, parent) INCLUDE (loc);

ALTER TABLE ONLY ledger.name
    ADD CONSTRAINT name_pkey PRIMARY KEY (h, declared, party);

ALTER TABLE ONLY ledger.part
    ADD CONSTRAINT part_pkey PRIMARY KEY (ev, role, code);

ALTER TABLE ONLY ledger.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ledger.place
    ADD CONSTRAINT place_uri_key UNIQUE (uri);

ALTER TABLE ONLY ledger.salt
    ADD CONSTRAINT salt_pkey PRIMARY KEY (one);

ALTER TABLE ONLY ledger.touch
    ADD CONSTRAINT touch_pkey PRIMARY KEY (code, ev, role) INCLUDE (loc);

ALTER TABLE ONLY ledger.witness
    ADD CONSTRAINT witness_pkey PRIMARY KEY (ev, party);

ALTER TABLE ONLY parties.api_key
    ADD CONSTRAINT api_key_hash_key UNIQUE (hash);

ALTER TABLE ONLY parties.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY parties.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY parties.licence
    ADD CONSTRAINT licence_pkey PRIMARY KEY (organisation, kind, number);

ALTER TABLE ONLY parties.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY parties.organisation
    ADD CONSTRAINT organisation_uscc_key UNIQUE (uscc);

ALTER TABLE ONLY parties.person
    ADD CONSTRAINT person_login_key UNIQUE (login);

ALTER TABLE ONLY parties.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE ONLY parties.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY parties.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (id);

ALTER TABLE ONLY parties.site
    ADD CONSTRAINT site_uri_key UNIQUE (uri);

ALTER TABLE ONLY products.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (id);

ALTER TABLE ONLY products.product
    ADD CONSTRAINT product_pkey PRIMARY KEY (code);

ALTER TABLE ONLY public.migration
    ADD CONSTRAINT migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY scan.intake
    ADD CONSTRAINT intake_pkey PRIMARY KEY (id);

ALTER TABLE ONLY scan.intake
    ADD CONSTRAINT intake_request_key UNIQUE (request);

ALTER TABLE ONLY scan.line
    ADD CONSTRAINT line_pkey PRIMARY KEY (intake, n);

CREATE INDEX certificate_party ON certs.certificate USING btree (party, issued, id);

CREATE INDEX goods_certificate ON certs.goods USING btree (certificate);

CREATE INDEX key_kid ON certs.key USING btree (kid);

CREATE INDEX key_party ON certs.key USING btree (party, since);

CREATE UNIQUE INDEX revocation_once ON certs.revocation USING btree (certificate) WHERE (standing = 1);

CREATE INDEX capture_by_party ON epcis.capture USING btree (party, created, id);

CREATE INDEX capture_by_time ON epcis.capture USING btree (created, id);

CREATE INDEX capture_running ON epcis.capture USING btree (created) WHERE (finished IS NULL);

CREATE INDEX naming_ev ON epcis.naming USING btree (ev, subject);

CREATE INDEX query_party ON epcis.query USING btree (party, name);

CREATE UNIQUE INDEX subject_key ON epcis.subject USING btree (uri, type, party);

CREATE INDEX subscription_due ON epcis.subscription USING btree (due);

CREATE INDEX subscription_query ON epcis.subscription USING btree (query);

CREATE INDEX event_facet ON ledger.event USING btree (party, kind, loc, biz, read_point);

CREATE INDEX event_loc ON ledger.event USING btree (loc, id);

CREATE INDEX event_read_point ON ledger.event USING btree (read_point, id) WHERE (read_point <> loc);

CREATE INDEX event_tail ON ledger.event USING btree (xid, id);

CREATE INDEX hold_associated ON ledger.hold USING btree (child, ev) WHERE (op = ANY (ARRAY[3, 4]));

CREATE INDEX hold_parent ON ledger.hold USING btree (parent, ev) INCLUDE (child, op) WHERE (op = ANY (ARRAY[1, 3, 5, 6]));

CREATE INDEX hold_unpacked_portion ON ledger.hold USING btree (child, parent, ev) WHERE (op = 7);

CREATE INDEX hold_void ON ledger.hold USING btree (child, ev) WHERE (op = 9);

CREATE INDEX touch_emptied ON ledger.touch USING btree (code, role, ev) WHERE (role = ANY (ARRAY[3, 4]));

CREATE INDEX touch_void ON ledger.touch USING btree (code, ev) WHERE (role = 9);

CREATE INDEX api_key_organisation ON parties.api_key USING btree (organisation);

CREATE INDEX attempt_since ON parties.attempt USING btree (since);

CREATE INDEX person_organisation ON parties.person USING btree (organisation);

CREATE INDEX session_expires ON parties.session USING btree (expires);

CREATE INDEX session_person ON parties.session USING btree (person);

CREATE INDEX site_organisation ON parties.site USING btree (organisation);

CREATE INDEX change_code ON products.change USING btree (code, id);

CREATE INDEX product_category ON products.product USING btree (category, code);

CREATE INDEX product_owner ON products.product USING btree (owner, code);

CREATE INDEX intake_site ON scan.intake USING btree (site, at);

CREATE TRIGGER naming_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON epcis.naming FOR EACH STATEMENT EXECUTE FUNCTION epcis.only_inserted();

CREATE TRIGGER statement_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON epcis.statement FOR EACH STATEMENT EXECUTE FUNCTION epcis.only_inserted();

CREATE TRIGGER subject_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON epcis.subject FOR EACH STATEMENT EXECUTE FUNCTION epcis.only_inserted();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.about FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.code FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.code_key FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.event FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.hold FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.name FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.part FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.place FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.salt FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.touch FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ledger.witness FOR EACH STATEMENT EXECUTE FUNCTION ledger.append_only();

ALTER TABLE ONLY epcis.dead_letter
    ADD CONSTRAINT dead_letter_subscription_fkey FOREIGN KEY (subscription) REFERENCES epcis.subscription(id) ON DELETE CASCADE;

ALTER TABLE ONLY epcis.fault
    ADD CONSTRAINT fault_capture_fkey FOREIGN KEY (capture) REFERENCES epcis.capture(id);

ALTER TABLE ONLY epcis.naming
    ADD CONSTRAINT naming_subject_fkey FOREIGN KEY (subject) REFERENCES epcis.subject(id);

ALTER TABLE ONLY epcis.query
    ADD CONSTRAINT query_party_fkey FOREIGN KEY (party) REFERENCES parties.organisation(id);

ALTER TABLE ONLY epcis.statement
    ADD CONSTRAINT statement_subject_fkey FOREIGN KEY (subject) REFERENCES epcis.subject(id);

ALTER TABLE ONLY epcis.subject
    ADD CONSTRAINT subject_party_fkey FOREIGN KEY (party) REFERENCES parties.organisation(id);

ALTER TABLE ONLY epcis.subscription
    ADD CONSTRAINT subscription_party_fkey FOREIGN KEY (party) REFERENCES parties.organisation(id);

ALTER TABLE ONLY epcis.subscription
    ADD CONSTRAINT subscription_query_fkey FOREIGN KEY (query) REFERENCES epcis.query(id) ON DELETE CASCADE;

ALTER TABLE ONLY exchange.batch
    ADD CONSTRAINT batch_party_fkey FOREIGN KEY (party) REFERENCES parties.organisation(id);

ALTER TABLE ONLY parties.api_key
    ADD CONSTRAINT api_key_created_by_fkey FOREIGN KEY (created_by) REFERENCES parties.organisation(id);

ALTER TABLE ONLY parties.api_key
    ADD CONSTRAINT api_key_organisation_fkey FOREIGN KEY (organisation) REFERENCES parties.organisation(id);

ALTER TABLE ONLY parties.licence
    ADD CONSTRAINT licence_organisation_fkey FOREIGN KEY (organisation) REFERENCES parties.organisation(id);

ALTER TABLE ONLY parties.person
    ADD CONSTRAINT person_organisation_fkey FOREIGN KEY (organisation) REFERENCES parties.organisation(id);

ALTER TABLE ONLY parties.session
    ADD CONSTRAINT session_person_fkey FOREIGN KEY (person) REFERENCES parties.person(id);

ALTER TABLE ONLY parties.site
    ADD CONSTRAINT site_organisation_fkey FOREIGN KEY (organisation) REFERENCES parties.organisation(id);

ALTER TABLE ONLY products.change
    ADD CONSTRAINT change_by_fkey FOREIGN KEY (by) REFERENCES parties.organisation(id);

ALTER TABLE ONLY products.change
    ADD CONSTRAINT change_code_fkey FOREIGN KEY (code) REFERENCES products.product(code);

ALTER TABLE ONLY products.change
    ADD CONSTRAINT change_owner_fkey FOREIGN KEY (owner) REFERENCES parties.organisation(id);

ALTER TABLE ONLY products.product
    ADD CONSTRAINT product_owner_fkey FOREIGN KEY (owner) REFERENCES parties.organisation(id);

ALTER TABLE ONLY scan.line
    ADD CONSTRAINT line_intake_fkey FOREIGN KEY (intake) REFERENCES scan.intake(id);

ALTER TABLE ledger.event ENABLE ROW LEVEL SECURITY;

CREATE POLICY owner ON ledger.event TO zhuisu USING (true) WITH CHECK (true);

CREATE POLICY reader ON ledger.event FOR SELECT TO zhuisu_reader USING ((( SELECT ledger.sees_all() AS sees_all) OR (party = ( SELECT ledger.own_party() AS own_party)) OR (loc = ANY (( SELECT ledger.own_places() AS own_places)::integer[])) OR (id = ANY (( SELECT ledger.admitted() AS admitted)::uuid[]))));

CREATE POLICY service ON ledger.event TO zhuisu_service USING (true) WITH CHECK (true);
