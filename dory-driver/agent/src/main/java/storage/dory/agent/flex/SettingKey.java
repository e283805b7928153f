// SPDX-License-Identifier: Apache-2.0
package storage.dory.agent.flex;

/**
 * The keys of {@code <driver>.json}: the original's, in the order in which their problems are told,
 * then ours.
 */
public enum SettingKey {
  LOG_FILE_PATH("logFilePath"),
  PLUGIN("dockerVolumePluginSocketPath"),
  LOG_DEBUG("logDebug"),
  SUPPORTS_CAPABILITIES("supportsCapabilities"),
  STRIP_KUBERNETES("stripK8sFromOptions"),
  CREATE_VOLUMES("createVolumes"),
  SIZE_OPTIONS("listOfStorageResourceOptions"),
  CONVERSION_FACTOR("factorForConversion"),
  ENABLE_16("enable1.6"),
  DEFAULT_OPTIONS("defaultOptions"),
  SELINUX_RELABEL("selinuxRelabel"),
  FS_TYPE_OPTION("fsTypeOption"),
  START_AGENT("startAgent");

  private final String key;

  SettingKey(String key) {
    this.key = key;
  }

  /** As it is written in the file. */
  public String key() {
    return key;
  }
}
