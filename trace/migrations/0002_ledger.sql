-- The ledger: events are inserted, never updated. Every key starts with the column a distributed engine would shard by
-- (code, child, ev, h), nothing refers across tables by foreign key, and containment is never stored as intervals.

create schema ledger;

create table ledger.salt (
  one   boolean primary key default true check (one),
  bytes bytea not null
);
comment on table ledger.salt is 'Secret of this database in the dictionary keys: nobody outside can make two codes collide.';
insert into ledger.salt (bytes) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

create table ledger.place (
  id  integer generated always as identity primary key,
  uri text not null unique
);

create table ledger.event (
  id          uuid        primary key,
  digest      bytea       not null,
  t           timestamptz not null,
  rec         timestamptz not null,
  kind        smallint    not null,
  action      smallint    not null,
  step        text        not null,
  disposition text        not null,
  loc         integer     not null,
  read_point  integer     not null,
  party       integer     not null,
  biz         boolean     not null,
  name        text        not null,
  declared    boolean     not null,
  doc         text        not null,
  xid         xid8        not null default pg_current_xact_id()
);
create index event_tail on ledger.event (xid, id);
create index event_loc on ledger.event (loc, id);
-- Who captured what where, for the lists of values: few distinct keys, so that it is a sixth of (party, id).
create index event_facet on ledger.event (party, kind, loc, biz, read_point);
create index event_read_point on ledger.event (read_point, id) where read_point <> loc;
comment on column ledger.event.id is 'UUIDv8: 48 bits event time in ms, 4 bits rank, hash of the content. Its order is event order.';
comment on column ledger.event.digest is 'SHA-256 of the content: same id and other digest is a conflict, never a silent drop.';
comment on column ledger.event.loc is 'ledger.place: bizLocation, else readPoint; 0 when the event names none.';
comment on column ledger.event.biz is 'loc is the bizLocation, not the readPoint for want of one.';
comment on column ledger.event.read_point is 'ledger.place: readPoint; 0 when the event names none.';
comment on column ledger.event.party is 'parties.organisation: who captured it first.';
comment on column ledger.event.name is 'eventID: the client''s, else the CBV hash id.';
comment on column ledger.event.declared is 'This is an error declaration: it voids the event of the same eventID.';
comment on column ledger.event.xid is 'The transaction that recorded it: whoever follows the ledger reads in this order (zhuisu.ledger.tail).';

create table ledger.name (
  h        uuid        not null,
  declared timestamptz not null,
  party    integer     not null,
  ev       uuid        not null,
  primary key (h, declared, party)
);
comment on table ledger.name is
  'eventID (first half of its SHA-256) to event, for each who reported it; a declaration shares its original''s eventID.';

create table ledger.witness (
  ev    uuid        not null,
  party integer     not null,
  rec   timestamptz not null,
  primary key (ev, party)
);
comment on table ledger.witness is 'Who else captured an event that another organisation had captured before.';

create table ledger.code_key (
  h  uuid   primary key,
  id bigint not null
);
comment on table ledger.code_key is '48 bits hash of the class | 80 bits hash of the code: neighbours of a class share a page.';
create sequence ledger.code_ids as bigint;

create table ledger.code (
  id  bigint primary key,
  uri text   not null
);

create table ledger.touch (
  code bigint   not null,
  ev   uuid     not null,
  loc  integer  not null,
  role smallint not null,
  primary key (code, ev, role) include (loc)
);
comment on column ledger.touch.role is
  '0 observed, 1 parent of a pack, 2 of an unpack, 3 emptied, 4 freed of associations, 5 cited certificate, 6 input, 7 output, 8 transformation id, 9 ev is void, 10 declaration';
create index touch_void on ledger.touch (code, ev) where role = 9;
create index touch_emptied on ledger.touch (code, role, ev) where role in (3, 4);

create table ledger.hold (
  child  bigint   not null,
  ev     uuid     not null,
  parent bigint   not null,
  loc    integer  not null,
  op     smallint not null,
  primary key (child, ev, op, parent) include (loc)
);
comment on column ledger.hold.op is '1 packed, 2 unpacked, 3 associated, 4 dissociated, 5 member of a lot, 6 a quantity packed, 7 a quantity unpacked, 9 ev is void';
create index hold_void on ledger.hold (child, ev) where op = 9;
-- What few goods have lies beside what all have: a crate packed 20 000 times is associated once, a lot is packed everywhere.
create index hold_associated on ledger.hold (child, ev) where op in (3, 4);
create index hold_unpacked_portion on ledger.hold (child, parent, ev) where op = 7;
create index hold_parent on ledger.hold (parent, ev) include (child, op) where op in (1, 3, 5, 6);

create table ledger.part (
  ev   uuid     not null,
  role smallint not null,
  code bigint   not null,
  primary key (ev, role, code)
);
comment on table ledger.part is 'A transformation as one group: inputs 6, outputs 7, transformation id 8. Never inputs times outputs.';

create table ledger.about (
  ev    uuid     primary key,
  items bigint[],
  lots  bigint[]
);
comment on table ledger.about is 'The goods an event names: instances and lots, not kinds, not certificates. Rights follow from them.';

-- The dictionary key of a code, from the class it clusters with and its canonical URI. No query inside, so it is inlined.
create function ledger.key(salt bytea, class text, uri text) returns uuid language sql immutable parallel safe as $$
  select encode(substr(sha256(salt || convert_to(class, 'UTF8')), 1, 6)
             || substr(sha256(salt || convert_to(uri, 'UTF8')), 1, 10), 'hex')::uuid
$$;

-- The ids of codes, in the order given. New ids are handed out in that order too, so that neighbours stay neighbours, but
-- inserted sorted by key, so that two writers never wait for one another in a ring. A second round is for those that another
-- writer added at the same moment.
create function ledger.intern(classes text[], uris text[]) returns bigint[] language plpgsql as $$
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

-- The ids of locations, in the order given; "" is 0. Only what is missing takes a number.
create function ledger.locate(uris text[]) returns integer[] language plpgsql as $$
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

-- Few plain events with all that belongs to them, in one statement, which may be a transaction of its own. In the rows a code
-- is its number in uris, from 1, until its id is known; names are the keys of the eventIDs. Events come sorted. Returns the ids
-- of events that were here, from the same party with the same content. Returns null, and has written nothing, when it takes
-- more than that: another party or content under an id, an eventID that is bound, a declaration that waits for one of these
-- events. It writes in the order of zhuisu.ledger.append.
create function ledger.record(
  classes text[], uris text[], events ledger.event[], names uuid[],
  touches ledger.touch[], holds ledger.hold[], parts ledger.part[], abouts ledger.about[]
) returns uuid[] language plpgsql as $$
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

-- When root moved with what: root itself over all time before till, then every container while it was inside, upwards.
-- Read only the last edge before the window and the edges in it: a crate reused 20 000 times stays as cheap as a new one.
create function ledger.windows(root bigint, till uuid) returns table (code bigint, lo uuid, hi uuid, depth integer)
language sql stable parallel safe as $$
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
