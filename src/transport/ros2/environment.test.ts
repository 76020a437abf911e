import { describe, expect, it, test } from 'vitest';
import { checkRos2Environment } from './load-rcl.js';

const SOURCED = { AMENT_PREFIX_PATH: '/opt/ros/jazzy:/home/me/install', ROS_DISTRO: 'jazzy' };
const found = (name: string) => `/app/node_modules/${name}/index.js`;
const notFound = () => {
  throw new Error('Cannot find module');
};

describe('the check of the ROS 2 environment', () => {
  it('says what is there', () => {
    expect(checkRos2Environment(SOURCED, found)).toEqual({
      distro: 'jazzy',
      prefixPaths: ['/opt/ros/jazzy', '/home/me/install'],
      rclnodejs: '/app/node_modules/rclnodejs/index.js',
    });
  });

  test.each([
    ['nothing is sourced', {}, found, /source \/opt\/ros/],
    ['the prefix path is missing', { ROS_DISTRO: 'jazzy' }, found, /AMENT_PREFIX_PATH/],
    ['the distribution is missing', { AMENT_PREFIX_PATH: '/opt/ros/jazzy' }, found, /ROS_DISTRO/],
    ['rclnodejs is not installed', SOURCED, notFound, /npm install rclnodejs/],
  ])('says what to do when %s', (_, env, resolve, remedy) => {
    expect(() => checkRos2Environment(env, resolve)).toThrow(
      expect.objectContaining({ code: 'ROS2_UNAVAILABLE', message: expect.stringMatching(remedy) }),
    );
  });

  it('does not look for rclnodejs before ROS 2 is sourced', () => {
    const resolve = () => {
      throw new Error('looked');
    };
    expect(() => checkRos2Environment({}, resolve)).toThrow(/AMENT_PREFIX_PATH/);
  });
});
