"""Full-text search through one function that row-level security does not slow down.

Under a policy PostgreSQL will not use a GIN index, because `@@` is not leakproof. So the function belongs to a
role of its own whose policy lets it see every row; it filters on the organization itself, and returns ids only.
"""

from django.db import migrations

from crowdhub.tenancy.operations import SETTING_SQL

CONFIGURATION = "CASE language WHEN 'de' THEN 'german'::regconfig ELSE 'english'::regconfig END"


def searchable_sql(table: str, heading: str, text: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ADD COLUMN search tsvector GENERATED ALWAYS AS ("
        f"setweight(to_tsvector({CONFIGURATION}, {heading}), 'A') || "
        f"setweight(to_tsvector({CONFIGURATION}, {text}), 'B')) STORED",
        f"CREATE INDEX {table}_search ON {table} USING gin (search)",
        f"CREATE POLICY searcher_reads_all ON {table} FOR SELECT TO crowdhub_searcher USING (true)",
        f"GRANT SELECT (id, organization_id, search) ON {table} TO crowdhub_searcher",
    ]


def found_sql(table: str, kind: str) -> str:
    return (
        f"SELECT '{kind}'::text, t.id, ts_rank(t.search, q.query) FROM {table} t, "
        "(SELECT websearch_to_tsquery('english', words) || websearch_to_tsquery('german', words) AS query) q "
        f"WHERE t.organization_id = {SETTING_SQL} AND t.search @@ q.query"
    )


FUNCTION = f"""
    CREATE FUNCTION search_content(words text) RETURNS TABLE (kind text, id bigint, rank real)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $search$
        {found_sql("challenges_challenge", "challenge")}
        UNION ALL
        {found_sql("ideas_idea", "idea")}
        ORDER BY 3 DESC LIMIT 400
    $search$
"""


class Migration(migrations.Migration):
    dependencies = [("challenges", "0002_isolate"), ("ideas", "0002_isolate")]

    operations = [
        migrations.RunSQL(
            [
                *searchable_sql("challenges_challenge", "title", "objective || ' ' || why_it_matters"),
                *searchable_sql("ideas_idea", "title", "body"),
                FUNCTION,
                "ALTER FUNCTION search_content(text) OWNER TO crowdhub_searcher",
                "REVOKE ALL ON FUNCTION search_content(text) FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION search_content(text) TO crowdhub_app",
            ],
            migrations.RunSQL.noop,
        ),
    ]
