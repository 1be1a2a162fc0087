"""Alembic asks here on what to run the steps: on the connection that `upgrade` hands over."""

from alembic import context

from chaffinch.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
