-- name: look_as
-- To the end of the transaction everything is read with the eyes of one caller: all ($1), what it captured ($2), and what
-- happened at the sites of an organisation ($3) and in the divisions that begin so ($4). The role comes last: it may less.
with mine as (
  select coalesce(array_agg(p.id), '{}') as places
  from parties.site s join ledger.place p on p.uri = s.uri
  where s.organisation = $3 or exists (select from unnest($4::text[]) as d (prefix) where starts_with(s.division, d.prefix))
)
select set_config('zhuisu.everything', $1::boolean::text, true),
  set_config('zhuisu.party', coalesce($2::integer::text, ''), true),
  set_config('zhuisu.places', mine.places::text, true),
  set_config('zhuisu.admitted', '', true),
  set_config('role', 'zhuisu_reader', true)
from mine

-- name: look_back
-- The service reads for itself again.
select set_config('role', 'zhuisu_service', true)
