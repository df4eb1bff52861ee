"""The demo's organizations: people, ideas and what became of them, as if it had happened in the past months.

Everything that was done is replayed in the order of its time, by the calls that pages make; only what there are
thousands of (votes, follows, views) is written in batches. The texts are in crowdhub/operator/demo_content.
"""
