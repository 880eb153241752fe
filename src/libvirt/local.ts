// Whether a connection leads to this host's libvirt: only of its guests this host's sysfs knows the mdevs.

/**
 * `driver[+transport]://[user@][host][:port]/path` without a host. A word without a colon is an alias
 * (uri_aliases in libvirt.conf); where it leads shows in the URI of the connection.
 */
export function leadsElsewhere(uri: string): boolean {
  return uri.includes(':') && !/^[a-z0-9-]+(?:\+unix)?:\/\/\//.test(uri);
}
