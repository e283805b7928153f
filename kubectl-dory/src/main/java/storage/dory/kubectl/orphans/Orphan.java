// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.orphans;

/** Something whose other half is missing. */
public sealed interface Orphan {

  /** What {@code --adopt} and {@code --delete} call it. */
  String name();

  /** What is missing, in words. */
  String words();

  /** A volume in a plugin that no PersistentVolume names. */
  record VolumeOnly(String plugin, String node, boolean local, String name) implements Orphan {
    @Override
    public String words() {
      return "plugin " + plugin + " on node " + node + " has it, no PersistentVolume names it";
    }
  }

  /** A PersistentVolume whose plugin does not have the volume. */
  record ObjectOnly(String plugin, String name) implements Orphan {
    @Override
    public String words() {
      return "PersistentVolume is there, plugin " + plugin + " does not have the volume";
    }
  }

  /** A provisioning pod whose claim and volume have gone and that has ended. */
  record Request(String namespace, String pod, String claim) implements Orphan {
    @Override
    public String name() {
      return "pod/" + pod;
    }

    @Override
    public String words() {
      return "provisioning pod in " + namespace + " of claim " + claim + ", which has gone";
    }
  }

  /** A provisioning pod that is being deleted while nobody is there to clear up after it. */
  record Unattended(String namespace, String pod, String claim, String volume) implements Orphan {
    @Override
    public String name() {
      return "pod/" + pod;
    }

    @Override
    public String words() {
      return "provisioning pod in "
          + namespace
          + " of claim "
          + claim
          + " is to go and no flex provisioner runs: volume "
          + volume
          + " may be left in the storage system";
    }
  }

  /** The Secret of a provisioning pod that has gone. */
  record SecretOnly(String namespace, String secret) implements Orphan {
    @Override
    public String name() {
      return "secret/" + secret;
    }

    @Override
    public String words() {
      return "Secret in " + namespace + " of a provisioning pod that has gone";
    }
  }
}
