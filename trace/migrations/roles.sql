-- The two roles of this service. They belong to the cluster, not to one database, so they are no numbered step.
do $$
declare
  wanted name;
begin
  foreach wanted in array array['zhuisu_service', 'zhuisu_reader'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I', wanted);
      exception when duplicate_object or unique_violation then null;  -- another database of this cluster was first
      end;
    end if;
    begin
      execute format('set local role %I', wanted);
    exception when insufficient_privilege then
      execute format('grant %I to %I', wanted, session_user);
    end;
    set local role none;
  end loop;
end
$$;
