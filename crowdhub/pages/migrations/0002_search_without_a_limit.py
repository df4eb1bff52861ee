"""Let the search find everything: what the reader may not see is left out afterwards, and must not push out the rest."""

from django.db import migrations

from crowdhub.tenancy.operations import SETTING_SQL

QUERY = """
    CREATE FUNCTION search_query(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path = pg_catalog, public AS $search$
        SELECT websearch_to_tsquery('english', words) || websearch_to_tsquery('german', words)
    $search$
"""
FUNCTION = f"""
    CREATE FUNCTION search_content(words text) RETURNS TABLE (kind text, id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $search$
        SELECT 'challenge', t.id FROM challenges_challenge t
            WHERE t.organization_id = {SETTING_SQL} AND t.search @@ search_query(words)
        UNION ALL
        SELECT 'idea', t.id FROM ideas_idea t
            WHERE t.organization_id = {SETTING_SQL} AND t.search @@ search_query(words)
    $search$
"""


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_search")]

    operations = [
        migrations.RunSQL(
            [
                QUERY,
                "DROP FUNCTION search_content(text)",
                FUNCTION,
                "ALTER FUNCTION search_content(text) OWNER TO crowdhub_searcher",
                "REVOKE ALL ON FUNCTION search_content(text) FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION search_content(text) TO crowdhub_app",
            ],
            migrations.RunSQL.noop,
        ),
    ]
