/** Where things are in the simulated system. */

export const serviceDirectory = '/d';
export const controlSocket = '/r/nitro.sock';
export const notifyDirectory = '/r/notify';
