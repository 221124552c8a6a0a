"""How far annotation sets say the same: agreement between producers, and over copies."""
