//! Rules of directories: what those who have bound may read and write.

use super::Rule;

rules! {
    LDAP_READ = "ldap.read":
        "Whatever is asked for may be read by the one who asks.",
        source: "MS-ADTS §5.1.3.3.4 (what may not be read is withheld); inference where nothing is left",
        remedy: "Grant the right to list the object and to read its properties.";
    TOKEN_GROUPS = "ldap.token-groups":
        "Whoever reads the groups of another's token is in the Windows Authorization Access Group.",
        source: "domain page on Exchange, A2 (Windows Authorization Access Group); inference on tokenGroups",
        remedy: "Put the reader's account into the Windows Authorization Access Group.";
    LDAP_WRITE = "ldap.write":
        "The security descriptor allows the change to the one who makes it.",
        source: "MS-ADTS §3.1.1.5 (insufficientAccessRights); domain page B5",
        remedy: "Grant the right that the verdict names, or make the change as someone who has it.";
}
