#!/usr/bin/python3 -S
# The least that a gate would do as a hook in Python, for the clock alone: no deadline, no reasons, no distrust.
# Whatever is not as it should be is a traceback.
import sys

# A traceback ends with 1.
REFUSED = 3


def check(xml):
    import os
    import xml.etree.ElementTree as ElementTree

    stamp = '{urn:mdev-preflight:stamp:1}'
    domain = ElementTree.fromstring(xml)
    for hostdev in domain.iterfind("devices/hostdev[@type='mdev']"):
        uuid = hostdev.find('source/address').get('uuid')
        device = domain.find(f"metadata/{stamp}stamp/{stamp}device[@uuid='{uuid}']")
        here = f'/sys/bus/mdev/devices/{uuid}/mdev_type'
        if os.path.basename(os.readlink(here)) != device.get('type'):
            print(f'{uuid}: another type', file=sys.stderr)
            return REFUSED
        version = device.find(f"{stamp}version[@node='type']").get('value').replace('%0A', '\n')
        attribute = os.open(f'{here}/migration_version', os.O_WRONLY)
        try:
            os.write(attribute, version.encode())
        except OSError as error:
            print(f'{uuid}: {error.strerror}', file=sys.stderr)
            return REFUSED
    return 0


def main():
    if sys.argv[2:4] not in (['migrate', 'begin'], ['restore', 'begin']):
        return 0
    xml = sys.stdin.buffer.read()
    return check(xml) if b"type='mdev'" in xml else 0


sys.exit(main())
