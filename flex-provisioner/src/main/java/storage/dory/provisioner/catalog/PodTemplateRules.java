// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a pod template may say. A list of what is allowed: a field that Kubernetes gets next year is
 * refused until somebody has thought about it.
 */
public final class PodTemplateRules {
  /** Name of the container that a template may speak of. */
  public static final String CONTAINER = "provision";

  /** Names of the volumes that the provisioner makes. */
  public static final Set<String> OUR_VOLUMES = Set.of("properties", "account", "plugin-sockets");

  private static final Set<String> USUAL_CAPABILITIES =
      Set.of(
          "AUDIT_WRITE",
          "CHOWN",
          "DAC_OVERRIDE",
          "FOWNER",
          "FSETID",
          "KILL",
          "MKNOD",
          "NET_BIND_SERVICE",
          "NET_RAW",
          "SETFCAP",
          "SETGID",
          "SETPCAP",
          "SETUID",
          "SYS_CHROOT");
  private static final List<String> OUR_PLACES =
      List.of(
          "/etc/provisioner", "/run/docker", "/var/run", "/run/secrets", "/proc", "/sys", "/dev");
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Shape template;

  /**
   * @param privileged whether what reaches beyond a pod is allowed as well: privilege,
   *     capabilities, host paths and namespaces, mount propagation, runtime classes, seccomp off
   */
  public PodTemplateRules(boolean privileged) {
    template =
        fields(
            Map.of(
                "metadata",
                fields(
                    Map.of(
                        "labels", new Shape.Texts(PodTemplateRules::ourKey),
                        "annotations", new Shape.Texts(PodTemplateRules::ourKey))),
                "spec",
                spec(privileged)));
  }

  /** Everything that is wrong with a template; the key of a problem is the path in it. */
  public List<DefinitionProblem> problems(String text) {
    List<DefinitionProblem> problems = new ArrayList<>();
    try {
      JsonNode tree = YAML.readTree(text);
      template.check("", tree, (path, words) -> problems.add(new DefinitionProblem(path, words)));
    } catch (JsonProcessingException e) {
      String words = String.valueOf(e.getOriginalMessage()).replaceAll("\\s+", " ");
      problems.add(
          new DefinitionProblem(
              "", "cannot be read as YAML: " + words.substring(0, Math.min(120, words.length()))));
    }
    return problems;
  }

  private static Shape spec(boolean privileged) {
    Map<String, Shape> known = new HashMap<>();
    known.put("containers", entries(container(privileged), "name"));
    known.put("volumes", entries(volume(privileged), "name"));
    known.put("securityContext", podSecurity(privileged));
    known.put(
        "priorityClassName",
        new Shape.Text(
            name -> name.startsWith("system-") ? Optional.of("is for the cluster") : good()));
    known.put("hostAliases", entries(fields(Map.of("ip", any(), "hostnames", texts())), "ip"));
    known.put("dnsPolicy", choice("ClusterFirst", "Default", "None"));
    known.put(
        "dnsConfig",
        fields(
            Map.of(
                "nameservers", texts(),
                "searches", texts(),
                "options", entries(fields(Map.of("name", any(), "value", any())), "name"))));
    if (privileged) {
      known.put("hostNetwork", truth());
      known.put("hostPID", truth());
      known.put("hostIPC", truth());
      known.put("runtimeClassName", any());
    }
    return new Shape.Fields(
        known,
        Map.of(
            "nodeSelector", "has a key of its own: provisioner.node-selector",
            "tolerations", "has a key of its own: provisioner.tolerations",
            "imagePullSecrets", "has a key of its own: provisioner.image-pull-secrets",
            "serviceAccountName", "has a key of its own: service-account-name",
            "activeDeadlineSeconds", "has a key of its own: provisioner.timeout"));
  }

  private static Shape container(boolean privileged) {
    Map<String, Shape> known = new HashMap<>();
    known.put("name", choice(CONTAINER));
    known.put("command", texts());
    known.put("args", texts());
    known.put("workingDir", new Shape.Text(PodTemplateRules::path));
    known.put("imagePullPolicy", choice("Always", "IfNotPresent", "Never"));
    known.put("env", entries(variable(), "name"));
    Map<String, Shape> mount = new HashMap<>();
    mount.put("name", new Shape.Text(PodTemplateRules::volumeName));
    mount.put("mountPath", new Shape.Text(PodTemplateRules::mountPath));
    mount.put("readOnly", truth());
    if (privileged) {
      mount.put("mountPropagation", choice("None", "HostToContainer", "Bidirectional"));
    }
    known.put("volumeMounts", entries(fields(mount), "mountPath"));
    known.put("securityContext", security(privileged));
    return new Shape.Fields(
        known,
        Map.of(
            "image", "has a key of its own: image",
            "resources", "has a key of its own: provisioner.resources"));
  }

  private static Shape variable() {
    Shape fromObject =
        fields(
            Map.of(
                "name", new Shape.Text(PodTemplateRules::objectName),
                "key", any(),
                "optional", truth()));
    return fields(
        Map.of(
            "name",
            new Shape.Text(name ->
                name.matches("[A-Za-z_][A-Za-z0-9_]*") ? good() : bad("is no name of a variable")),
            "value",
            any(),
            "valueFrom",
            fields(
                Map.of(
                    "secretKeyRef", fromObject,
                    "configMapKeyRef", fromObject,
                    "fieldRef", fieldRef()))));
  }

  private static Shape fieldRef() {
    return fields(
        Map.of(
            "apiVersion",
            choice("v1"),
            "fieldPath",
            choice(
                "metadata.name",
                "metadata.namespace",
                "metadata.uid",
                "spec.nodeName",
                "spec.serviceAccountName",
                "status.hostIP",
                "status.podIP")));
  }

  private static Shape volume(boolean privileged) {
    Shape items =
        entries(
            fields(
                Map.of(
                    "key", any(),
                    "path", new Shape.Text(PodTemplateRules::relative),
                    "mode", new Shape.Count())),
            "path");
    Map<String, Shape> known = new HashMap<>();
    known.put("name", new Shape.Text(PodTemplateRules::volumeName));
    known.put(
        "emptyDir",
        fields(Map.of("medium", choice("", "Memory"), "sizeLimit", new Shape.Amount())));
    known.put(
        "configMap",
        fields(
            Map.of(
                "name",
                new Shape.Text(PodTemplateRules::objectName),
                "items",
                items,
                "defaultMode",
                new Shape.Count(),
                "optional",
                truth())));
    known.put(
        "secret",
        fields(
            Map.of(
                "secretName",
                new Shape.Text(PodTemplateRules::objectName),
                "items",
                items,
                "defaultMode",
                new Shape.Count(),
                "optional",
                truth())));
    known.put(
        "downwardAPI",
        fields(
            Map.of(
                "items",
                entries(
                    fields(
                        Map.of(
                            "path",
                            new Shape.Text(PodTemplateRules::relative),
                            "fieldRef",
                            fieldRef())),
                    "path"),
                "defaultMode",
                new Shape.Count())));
    if (privileged) {
      known.put(
          "hostPath",
          fields(Map.of("path", new Shape.Text(PodTemplateRules::path), "type", any())));
    }
    return fields(known);
  }

  private static Shape podSecurity(boolean privileged) {
    return fields(
        Map.of(
            "runAsUser", new Shape.Count(),
            "runAsGroup", new Shape.Count(),
            "runAsNonRoot", truth(),
            "fsGroup", new Shape.Count(),
            "fsGroupChangePolicy", choice("OnRootMismatch", "Always"),
            "supplementalGroups", new Shape.Entries(new Shape.Count(), Optional.empty()),
            "seccompProfile", seccomp(privileged)));
  }

  private static Shape security(boolean privileged) {
    Shape capability =
        new Shape.Text(name ->
            privileged || USUAL_CAPABILITIES.contains(name)
                ? good()
                : bad("capability " + name + " is beyond those that containers have by default"));
    return fields(
        Map.of(
            "runAsUser",
            new Shape.Count(),
            "runAsGroup",
            new Shape.Count(),
            "runAsNonRoot",
            truth(),
            "readOnlyRootFilesystem",
            truth(),
            "allowPrivilegeEscalation",
            privileged ? truth() : only(false),
            "privileged",
            privileged ? truth() : only(false),
            "seccompProfile",
            seccomp(privileged),
            "capabilities",
            fields(
                Map.of("add", new Shape.Entries(capability, Optional.empty()), "drop", texts()))));
  }

  private static Shape seccomp(boolean privileged) {
    return fields(
        Map.of(
            "type",
            privileged ? choice("RuntimeDefault", "Unconfined") : choice("RuntimeDefault")));
  }

  private static Optional<String> ourKey(String key) {
    String domain = key.contains("/") ? key.substring(0, key.indexOf('/')) : "";
    boolean reserved =
        List.of("kubernetes.io", "k8s.io", "dory.storage").stream()
            .anyMatch(d -> domain.equals(d) || domain.endsWith("." + d));
    return reserved ? bad("belongs to " + domain) : good();
  }

  private static Optional<String> volumeName(String name) {
    return OUR_VOLUMES.contains(name) ? bad("is a volume of the provisioner's") : good();
  }

  /** Secrets of requests hold tokens of other classes. */
  private static Optional<String> objectName(String name) {
    return name.startsWith("dory-") ? bad("belongs to the provisioner") : good();
  }

  private static Optional<String> mountPath(String text) {
    Optional<String> problem = path(text);
    if (problem.isPresent()) {
      return problem;
    }
    boolean ours =
        text.equals("/")
            || OUR_PLACES.stream()
                .anyMatch(
                    p -> text.equals(p) || text.startsWith(p + "/") || p.startsWith(text + "/"));
    return ours ? bad("is not a place to mount at") : good();
  }

  private static Optional<String> path(String text) {
    return text.matches("/[^:\\p{Cntrl}]*")
            && !text.contains("//")
            && !List.of(text.split("/", -1)).contains("..")
            && !List.of(text.split("/", -1)).contains(".")
            && (text.length() == 1 || !text.endsWith("/"))
        ? good()
        : bad("is not an absolute path without . and ..");
  }

  private static Optional<String> relative(String text) {
    return path("/" + text);
  }

  private static Optional<String> good() {
    return Optional.empty();
  }

  private static Optional<String> bad(String words) {
    return Optional.of(words);
  }

  private static Shape fields(Map<String, Shape> known) {
    return new Shape.Fields(Map.copyOf(known), Map.of());
  }

  private static Shape entries(Shape each, String key) {
    return new Shape.Entries(each, Optional.of(key));
  }

  private static Shape texts() {
    return new Shape.Entries(any(), Optional.empty());
  }

  private static Shape any() {
    return new Shape.Text(text -> good());
  }

  private static Shape truth() {
    return new Shape.Truth(List.of(true, false));
  }

  private static Shape only(boolean value) {
    return new Shape.Truth(List.of(value));
  }

  private static Shape choice(String... words) {
    return new Shape.Text(text ->
        List.of(words).contains(text)
            ? good()
            : bad("'" + text + "' is not allowed; allowed: " + String.join(", ", words)));
  }
}
