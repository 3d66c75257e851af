import { EventEmitter } from 'node:events';

/** Nothing sleeps here: tests emit `suspend`, `resume`, `lock-screen` and `unlock-screen`. */
class PowerMonitor extends EventEmitter {
  onBatteryPower = false;

  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }

  getSystemIdleTime(): number {
    return 0;
  }

  getSystemIdleState(_threshold: number): 'active' {
    return 'active';
  }
}

export const powerMonitor = new PowerMonitor();
powerMonitor satisfies Pick<
  Electron.PowerMonitor,
  'onBatteryPower' | 'isOnBatteryPower' | 'getSystemIdleTime' | 'getSystemIdleState'
>;
