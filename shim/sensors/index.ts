export { attachSensors, type SensorCounters, type SensorOptions, type Sensors } from './attach.ts';
export { SENSORS, type SensorSpec } from './catalogue.ts';
export { subjectKey, subjectOfStat, subjectPid } from './subject.ts';
export { syscallName, syscallNumber } from './syscalls.ts';
