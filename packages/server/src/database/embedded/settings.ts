/** Names the socket's file; there is no port. */
export const socketPort = 5432

export function serverSettings({
  durable,
  port,
}: {
  durable: boolean
  port: number | undefined
}): Record<string, string> {
  return {
    ...(port === undefined ? socketSettings : { listen_addresses: '127.0.0.1', port: String(port), ...noSocket }),
    ...(durable ? durableSettings : forgetfulSettings),
    max_connections: '100',
    // Ours are rare and short: find them before anybody notices the wait.
    deadlock_timeout: '200ms',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    log_checkpoints: 'off',
    // What customers write must not get into logs: no statement, no row, no parameter.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length_on_error: '0',
  }
}

const socketSettings = {
  listen_addresses: '',
  port: String(socketPort),
  unix_socket_directories: '.',
  unix_socket_permissions: '0700',
}
const noSocket = { unix_socket_directories: '' }

/** Said aloud, so that nothing in the cluster's own files can turn it off. */
const durableSettings = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  // The other ways leave the data in the drive's cache, which a power cut empties.
  ...((process.platform === 'darwin' || process.platform === 'win32') && { wal_sync_method: 'fsync_writethrough' }),
}
const forgetfulSettings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
