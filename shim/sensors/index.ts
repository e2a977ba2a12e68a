export { attachSensors, probeSensors, type SensorCounters, type SensorOptions, type Sensors } from './attach.ts';
export { SENSOR_KINDS, SENSORS, sensorFields, type SensorSpec } from './catalogue.ts';
export { layoutOf } from './layout.ts';
export { QueryPacket, settleQueries } from './queries.ts';
export { normalPath, PathSettler } from './settle.ts';
export { NS_A_TICK, startTicks, subjectKey, subjectOfStat, subjectPid } from './subject.ts';
export { stringArguments, SYSCALLS_END, syscallName, syscallNumber, takesDescriptor } from './syscalls.ts';
