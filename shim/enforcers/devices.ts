/** Devices that hold file systems, kept from one cgroup: `shim/bpf/device.bpf.c`. */
import { closeSync, openSync } from 'node:fs';
import { assetPath } from '../../vm/host/assets.ts';
import { kernelErrorText, openObject, type BpfObject } from '../kernel/bpf.ts';

/** Drivers whose character devices read and write storage as a whole: SCSI and NVMe commands, flash, persistent memory. */
const STORAGE = /^(sg|bsg|nvme|nvme-generic|mtd|ubi\d+|dax|raw)$/;

/**
 * @param devices text of /proc/devices
 * @returns major numbers of character devices that hold file systems
 */
export const storageMajors = (devices: string): readonly number[] =>
  devices
    .split('\n\n')[0]
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, driver]) => driver !== undefined && STORAGE.test(driver))
    .map(([major]) => Number(major));

/**
 * The program stays with the cgroup.
 * @param cgroup its folder
 * @param devices text of /proc/devices
 * @returns null, or why the workload cannot be kept from them
 */
export const refuseStorage = (cgroup: string, devices: string): string | null => {
  const opened = openObject(assetPath('bpf/device.bpf.o'));
  if ('error' in opened) return kernelErrorText(opened.error);
  const loaded = opened.spec.load();
  if ('error' in loaded) return kernelErrorText(loaded.error);
  const fd = openSync(cgroup, 'r');
  try {
    return refuse(loaded.object, fd, storageMajors(devices));
  } finally {
    closeSync(fd);
    loaded.object.close();
  }
};

const refuse = (object: BpfObject, cgroup: number, majors: readonly number[]): string | null => {
  const key = new Uint32Array(1);
  for (const major of majors) {
    key[0] = major;
    const error = object.map('storage').update(new Uint8Array(key.buffer), Uint8Array.of(1));
    if (error) return kernelErrorText(error);
  }
  const error = object.attachCgroup('devices', cgroup);
  return error && kernelErrorText(error);
};
