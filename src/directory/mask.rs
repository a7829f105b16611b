//! Access masks: the rights that are asked for, granted and denied.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use serde::{Deserialize, Serialize};

/// A set of rights (MS-DTYP §2.4.3).
///
/// ```
/// use forestsim::directory::AccessMask;
/// let asked = AccessMask::READ_PROPERTY | AccessMask::LIST_OBJECT;
/// assert!(AccessMask::FULL_DIRECTORY_CONTROL.contains(asked));
/// assert_eq!(asked.to_string(), "RPLO");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccessMask(pub u32);

macro_rules! rights {
    ($($name:ident = $bits:literal, $letters:literal, $doc:literal;)*) => {
        impl AccessMask {
            $(#[doc = concat!($doc, " `", $letters, "` in SDDL.")] pub const $name: Self = Self($bits);)*
        }
        /// Every right that has letters in SDDL, single bits only.
        pub(super) const LETTERS: &[(&str, AccessMask)] = &[$(($letters, AccessMask::$name)),*];
    };
}

rights! {
    CREATE_CHILD = 0x1, "CC", "Create a child object.";
    DELETE_CHILD = 0x2, "DC", "Delete a child object.";
    LIST_CHILDREN = 0x4, "LC", "List the children.";
    SELF_WRITE = 0x8, "SW", "Write what a validated write allows.";
    READ_PROPERTY = 0x10, "RP", "Read a property.";
    WRITE_PROPERTY = 0x20, "WP", "Write a property.";
    DELETE_TREE = 0x40, "DT", "Delete with all children.";
    LIST_OBJECT = 0x80, "LO", "List this object.";
    CONTROL_ACCESS = 0x100, "CR", "Use the extended right that the ACE names, or any where it names none.";
    DELETE = 0x1_0000, "SD", "Delete the object.";
    READ_CONTROL = 0x2_0000, "RC", "Read the security descriptor.";
    WRITE_DAC = 0x4_0000, "WD", "Write the access control list.";
    WRITE_OWNER = 0x8_0000, "WO", "Become the owner.";
    GENERIC_ALL = 0x1000_0000, "GA", "Whatever the kind of object calls everything.";
    GENERIC_EXECUTE = 0x2000_0000, "GX", "Whatever the kind of object calls executing.";
    GENERIC_WRITE = 0x4000_0000, "GW", "Whatever the kind of object calls writing.";
    GENERIC_READ = 0x8000_0000, "GR", "Whatever the kind of object calls reading.";
}

impl AccessMask {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Read and write the audit list; no ACE grants it, only the privilege does.
    pub const ACCESS_SYSTEM_SECURITY: Self = Self(0x0100_0000);
    /// Asks for whatever there is to be had.
    pub const MAXIMUM_ALLOWED: Self = Self(0x0200_0000);
    /// Every right on a directory object.
    pub const FULL_DIRECTORY_CONTROL: Self = Self(0xF_01FF);
    /// Every right on a file or a page; `FA` in SDDL.
    pub const FILE_ALL: Self = Self(0x1F_01FF);
    /// Read a file or a page; `FR` in SDDL.
    pub const FILE_READ: Self = Self(0x12_0089);
    /// Write a file; `FW` in SDDL.
    pub const FILE_WRITE: Self = Self(0x12_0116);
    /// Execute a file; `FX` in SDDL.
    pub const FILE_EXECUTE: Self = Self(0x12_00A0);

    /// Whether all of these rights are among this set's.
    pub const fn contains(self, rights: Self) -> bool {
        self.0 & rights.0 == rights.0
    }

    /// Whether any of these rights is among this set's.
    pub const fn meets(self, rights: Self) -> bool {
        self.0 & rights.0 != 0
    }

    /// Whether there is no right in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// This set without those rights.
    pub const fn without(self, rights: Self) -> Self {
        Self(self.0 & !rights.0)
    }
}

impl BitOr for AccessMask {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for AccessMask {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for AccessMask {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl fmt::Display for AccessMask {
    /// The SDDL letters, or hexadecimal digits where a right has none.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((letters, _)) = FILE_RIGHTS.iter().find(|(_, rights)| rights == self) {
            return formatter.write_str(letters);
        }
        let lettered = LETTERS.iter().fold(Self::NONE, |sum, (_, right)| sum | *right);
        if self.is_empty() || !lettered.contains(*self) {
            return write!(formatter, "0x{:x}", self.0);
        }
        let held = LETTERS.iter().filter(|(_, right)| self.contains(*right));
        held.map(|(letters, _)| letters).try_for_each(|letters| formatter.write_str(letters))
    }
}

impl fmt::Debug for AccessMask {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// What files have letters of their own for, as a whole.
pub(super) const FILE_RIGHTS: [(&str, AccessMask); 4] = [
    ("FA", AccessMask::FILE_ALL),
    ("FR", AccessMask::FILE_READ),
    ("FW", AccessMask::FILE_WRITE),
    ("FX", AccessMask::FILE_EXECUTE),
];

/// What the generic rights mean for a kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GenericMapping {
    /// What reading means.
    pub read: AccessMask,
    /// What writing means.
    pub write: AccessMask,
    /// What executing means.
    pub execute: AccessMask,
    /// What everything means.
    pub all: AccessMask,
}

impl GenericMapping {
    /// For objects of the directory (MS-ADTS §5.1.3.2).
    pub const DIRECTORY: Self = Self {
        read: AccessMask(0x2_0094),
        write: AccessMask(0x2_0028),
        execute: AccessMask(0x2_0004),
        all: AccessMask::FULL_DIRECTORY_CONTROL,
    };
    /// For files and pages.
    pub const FILE: Self = Self {
        read: AccessMask::FILE_READ,
        write: AccessMask::FILE_WRITE,
        execute: AccessMask::FILE_EXECUTE,
        all: AccessMask::FILE_ALL,
    };

    /// The rights with generic ones replaced by what they mean here.
    pub fn apply(&self, rights: AccessMask) -> AccessMask {
        let pairs = [
            (AccessMask::GENERIC_READ, self.read),
            (AccessMask::GENERIC_WRITE, self.write),
            (AccessMask::GENERIC_EXECUTE, self.execute),
            (AccessMask::GENERIC_ALL, self.all),
        ];
        pairs
            .into_iter()
            .filter(|(generic, _)| rights.contains(*generic))
            .fold(rights, |sum, (generic, meaning)| sum.without(generic) | meaning)
    }
}
