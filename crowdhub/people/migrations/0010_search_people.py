"""Let people be found by pieces of their name or e-mail address through an index of trigrams.

As for full-text search (pages/0001_search) a function of the role *searcher* uses it, filters on the organization itself,
and returns ids only. The organization is in the index, so that the people of others cost nothing. The statement is made
anew each time, because the planner has to know how common a fragment is.
"""

from django.db import migrations

from crowdhub.tenancy.operations import SharedExtension

WORDS = "lower(' ' || name || ' ' || email)"  # the same in crowdhub/people/search.py
FUNCTION = """
    CREATE FUNCTION search_people(patterns text[], at_most integer) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $search$
    DECLARE
        organization bigint := nullif(current_setting('app.organization', true), '')::bigint;
        conditions text := '';
        pattern text;
    BEGIN
        FOREACH pattern IN ARRAY patterns LOOP
            conditions := conditions || format(' AND lower('' '' || name || '' '' || email) LIKE %L', lower(pattern));
        END LOOP;
        RETURN QUERY EXECUTE format(
            'SELECT id FROM public.people_member WHERE organization_id = %L::bigint AND erased_at IS NULL%s LIMIT %s',
            organization, conditions, at_most
        );
    END
    $search$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0009_many_people")]

    operations = [
        SharedExtension("pg_trgm"),
        SharedExtension("btree_gin"),
        migrations.RunSQL(
            [
                f"CREATE INDEX member_search ON people_member USING gin (organization_id, ({WORDS}) gin_trgm_ops)",
                "CREATE POLICY searcher_reads_all ON people_member FOR SELECT TO crowdhub_searcher USING (true)",
                "GRANT SELECT (id, organization_id, name, email, erased_at) ON people_member TO crowdhub_searcher",
                FUNCTION,
                "ALTER FUNCTION search_people(text[], integer) OWNER TO crowdhub_searcher",
                "REVOKE ALL ON FUNCTION search_people(text[], integer) FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION search_people(text[], integer) TO crowdhub_app",
            ],
            [
                "DROP FUNCTION search_people(text[], integer)",
                "REVOKE SELECT (id, organization_id, name, email, erased_at) ON people_member FROM crowdhub_searcher",
                "DROP POLICY searcher_reads_all ON people_member",
                "DROP INDEX member_search",
            ],
        ),
    ]
