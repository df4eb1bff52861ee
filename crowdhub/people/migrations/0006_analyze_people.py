"""Let the application have the tables of people counted after a mass import.

ANALYZE is for a table's owner (PostgreSQL 17 has a privilege for it, 15 has none), and the application owns nothing. The
function can do this one thing: it takes no argument, returns nothing and reads no row for its caller.
"""

from django.db import migrations

FUNCTION = """
    CREATE FUNCTION analyze_people() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $analyze$
    BEGIN
        ANALYZE people_department, people_member, people_departmentstay, people_memberskill;
    END
    $analyze$
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0005_import_reading")]

    operations = [
        migrations.RunSQL(
            [
                FUNCTION,
                "REVOKE ALL ON FUNCTION analyze_people() FROM PUBLIC",
                "GRANT EXECUTE ON FUNCTION analyze_people() TO crowdhub_app",
            ],
            "DROP FUNCTION analyze_people()",
        ),
    ]
